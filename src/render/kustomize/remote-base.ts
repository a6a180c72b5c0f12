import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import type { PinnedCommit } from '../../domain/commit-tree.ts'
import { parseCommitSha } from '../../domain/revision.ts'

/** A base in another repository, at one commit. */
export interface RemoteBase extends PinnedCommit {
  /** In that repository. */
  readonly path: string
}

/** Where the files of other repositories stand in a checkout; nothing of the commit is below it. */
export const remoteFolder = '.landfall-remote'

const written = /^(https?:\/\/[^/?#]+(?:\/[^/?#]+)+)\/?(?:\/\/([^?#]*))?\?ref=([0-9a-f]+)$/

/** undefined: it is no such address, or names no full commit id. */
export function parseRemoteBase(text: string): RemoteBase | undefined {
  const [, repo, path = '', ref = ''] = written.exec(text) ?? []
  const sha = parseCommitSha(ref)
  if (repo === undefined || sha === undefined) return undefined
  const clean = posix.join('.', path)
  return /^\.\.(?:\/|$)/.test(clean) ? undefined : { repo, path: clean, sha }
}

/** Whether a repository is one of those, with or without `.git`. */
export function isAmong(repositories: readonly string[], repo: string): boolean {
  return repositories.some((one) => bare(one) === bare(repo))
}

/** Of a commit, in a checkout. */
export function mountOf({ repo, sha }: PinnedCommit): string {
  const name = createHash('sha256').update(bare(repo)).digest('hex').slice(0, 16)
  return `${remoteFolder}/${name}-${sha}`
}

/** Which repository's files a path of the checkout lies in; '' is the commit itself. */
export function repositoryAt(path: string): string {
  return path.startsWith(`${remoteFolder}/`) ? path.split('/').slice(0, 2).join('/') : ''
}

function bare(repo: string): string {
  const href = URL.canParse(repo) ? new URL(repo).href : repo
  return href.replace(/\/+$/, '').replace(/\.git$/, '')
}
