import type { ForgeSettings } from '../domain/settings.ts'
import { repoPath } from './repo-path.ts'

interface SourceFile {
  readonly repo: string
  readonly branch: string
  /** Relative to the repository's root. */
  readonly file: string
  /** 1-based. */
  readonly line: number
}

/** The page on which a forge shows that line; undefined: the repository is none of its own. */
export function sourceLink(
  { type, url }: Pick<ForgeSettings, 'type' | 'url'>,
  { repo, branch, file, line }: SourceFile,
): string | undefined {
  const path = repoPath(repo, url)
  if (path === undefined) return undefined
  const base = [url, ...path.map(encodeURIComponent)].join('/')
  const place = `${encodePath(branch)}/${encodePath(file)}#L${line}`
  switch (type) {
    case 'github':
      return `${base}/blob/${place}`
    case 'gitlab':
      return `${base}/-/blob/${place}`
    case 'gitea':
      return `${base}/src/branch/${place}`
  }
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}
