import { writeFileSync } from 'node:fs'
import { chmod, mkdir, realpath, symlink, unlink, writeFile } from 'node:fs/promises'
import { dirname, join, posix, sep } from 'node:path'
import { StageError } from '../domain/error.ts'
import { isSafeSegment } from './repo-path.ts'
import { submoduleMode, symlinkMode, type TreeEntry } from './tree-entry.ts'

export interface TreeLimits {
  readonly files: number
  readonly bytes: number
  /** A larger file is left out: no renderer takes it in. */
  readonly fileBytes: number
}

export const checkoutLimits: TreeLimits = {
  files: 200_000,
  bytes: 1024 * 1024 * 1024,
  fileBytes: 32 * 1024 * 1024,
}

export interface TreeContent {
  readonly entries: readonly TreeEntry[]
  /** Files of ours, by path; each in the place of what the commit has there. */
  readonly added?: ReadonlyMap<string, Buffer>
}

type ReadBlobs = (
  oids: readonly string[],
  onBlob: (content: Buffer, index: number) => void,
) => Promise<void>

/**
 * Writes the blobs as they are, read-only, and no submodules. Symbolic links come last, so that no
 * file is ever written through one, and only those that stay inside; returns the paths of the rest.
 */
export async function writeTree(
  root: string,
  { entries, added = new Map() }: TreeContent,
  limits: TreeLimits,
  readBlobs: ReadBlobs,
): Promise<readonly string[]> {
  const present = entries.filter(
    ({ mode, size, path }) =>
      mode !== submoduleMode && size <= limits.fileBytes && !added.has(path),
  )
  checkTree(present, limits)
  const paths = [...present.map(({ path }) => path), ...added.keys()]
  checkNames(paths)
  const dirs = await makeDirs(root, paths)
  const targets = new Map<string, string>()
  await readBlobs(
    present.map(({ oid }) => oid),
    (content, index) => {
      const entry = present[index]
      if (entry === undefined) return
      if (entry.mode === symlinkMode) targets.set(entry.path, content.toString('utf8'))
      // Ten times cheaper than to wait for each of thousands of small files.
      else writeFileSync(join(root, entry.path), content, { mode: 0o400, flag: 'wx' })
    },
  )
  for (const [path, content] of added) {
    await writeFile(join(root, path), content, { mode: 0o400, flag: 'wx' })
  }
  const outward = await makeLinks(root, targets)
  for (const dir of dirs) await chmod(dir, 0o500)
  return outward
}

function checkTree(entries: readonly TreeEntry[], limits: TreeLimits): void {
  const bytes = entries.reduce((sum, { size }) => sum + size, 0)
  if (entries.length > limits.files || bytes > limits.bytes) {
    const text = `the commit holds ${entries.length} files of ${bytes} bytes; a checkout takes ${limits.files} of ${limits.bytes}`
    throw new StageError('SOURCE_REFUSED', text)
  }
}

function checkNames(paths: readonly string[]): void {
  const unsafe = paths.find((path) => !path.split('/').every(isSafeSegment))
  if (unsafe === undefined) return
  const shown = JSON.stringify(unsafe.slice(0, 200))
  throw new StageError('SOURCE_REFUSED', `the commit holds a file with the unsafe name ${shown}`)
}

async function makeDirs(root: string, paths: readonly string[]): Promise<readonly string[]> {
  const dirs = new Set([root])
  for (const path of paths) {
    for (let dir = dirname(path); dir !== '.'; dir = dirname(dir)) dirs.add(join(root, dir))
  }
  const sorted = [...dirs].sort()
  for (const dir of sorted) await mkdir(dir, { recursive: true, mode: 0o700 })
  return sorted
}

async function makeLinks(
  root: string,
  targets: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  const outward: string[] = []
  const made: string[] = []
  for (const [path, target] of targets) {
    if (staysInside(path, target)) {
      await symlink(target, join(root, path))
      made.push(path)
    } else outward.push(path)
  }
  // A link through another link can still leave, though each alone does not.
  const real = await realpath(root)
  for (const path of made) {
    const end = await realpath(join(root, path)).catch(() => undefined)
    if (end === real || end?.startsWith(real + sep) === true) continue
    await unlink(join(root, path))
    if (end !== undefined) outward.push(path)
  }
  return outward
}

function staysInside(path: string, target: string): boolean {
  if (target === '' || target.includes('\0') || posix.isAbsolute(target)) return false
  const end = posix.normalize(posix.join(posix.dirname(path), target))
  return end !== '..' && !end.startsWith('../')
}
