import { gunzipSync } from 'node:zlib'
import type { CommitItem, CommitTree } from '../../domain/commit-tree.ts'
import { linkMode, submoduleMode } from '../file-mode.ts'

/** To read more takes longer than a render that was not needed. */
const maxBytes = 16 * 1024 * 1024

const words = /Capabilities|kubeVersion/
const archive = /\.t(?:ar\.)?gz/

export interface ChartParts {
  readonly items: readonly CommitItem[]
  readonly values: unknown
  /** That are not in the commit. */
  readonly archives?: readonly Buffer[]
}

/**
 * Whether a chart may ask what the cluster is. One that has neither word is not told, so that its
 * output cannot depend on it, whatever its templates do.
 */
export async function mayAskCluster(
  { items, values, archives = [] }: ChartParts,
  tree: Pick<CommitTree, 'read'>,
): Promise<boolean> {
  const files = items.filter(({ mode }) => mode !== linkMode && mode !== submoduleMode)
  if (files.reduce((sum, { size }) => sum + size, 0) > maxBytes) return true
  const contents = await Promise.all(files.map((file) => tree.read(file)))
  return (
    words.test(JSON.stringify(values)) ||
    archives.some(archiveMentions) ||
    contents.some((content, index) => mentions(content, files[index]?.path ?? ''))
  )
}

function mentions(content: Buffer, path: string): boolean {
  return archive.test(path) ? archiveMentions(content) : words.test(content.toString('latin1'))
}

function archiveMentions(content: Buffer): boolean {
  try {
    const text = gunzipSync(content, { maxOutputLength: maxBytes }).toString('latin1')
    // An archive in an archive is not opened.
    return words.test(text) || archive.test(text)
  } catch {
    return true
  }
}
