import { StageError } from '../domain/error.ts'
import type { Git } from './git.ts'
import { parseTree, type TreeEntry } from './tree-entry.ts'

export interface ListLimits {
  readonly files: number
  /** Of the list itself. */
  readonly bytes: number
}

export const listLimits: ListLimits = { files: 200_000, bytes: 64 * 1024 * 1024 }

const stderrLimit = 10_000

/**
 * Files and folders as `git ls-tree -r -t` has them, ended at the limit: ten trees of ten entries each, a kilobyte in all, name ten
 * billion files.
 */
export async function listTree(
  git: Git,
  gitDir: string,
  args: readonly string[],
  limits: ListLimits,
): Promise<readonly TreeEntry[]> {
  const child = git.stream(gitDir, ['ls-tree', '-r', '-t', '-z', '-l', '--full-tree', ...args])
  child.stdin.end()
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(0, stderrLimit)
  })
  const chunks: Buffer[] = []
  let bytes = 0
  let files = 0
  try {
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      bytes += chunk.length
      files += countEnds(chunk)
      if (files > limits.files || bytes > limits.bytes) throw tooLarge(limits)
    }
  } finally {
    child.kill()
  }
  const exit = await child.exit
  if (exit.kind !== 'exited' || exit.code !== 0) throw new Error(stderr || 'git ls-tree failed')
  return parseTree(Buffer.concat(chunks).toString('utf8'))
}

function countEnds(chunk: Buffer): number {
  let count = 0
  for (let at = chunk.indexOf(0); at >= 0; at = chunk.indexOf(0, at + 1)) count += 1
  return count
}

function tooLarge({ files, bytes }: ListLimits): StageError {
  const text = `the commit names more than ${files} files, or ${bytes} bytes of names; split the repository`
  return new StageError('SOURCE_REFUSED', text)
}
