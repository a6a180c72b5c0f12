import type { Dirent, Stats } from 'node:fs'
import {
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve, sep } from 'node:path'
import type { CommitItem } from '../domain/commit-tree.ts'
import { StageError } from '../domain/error.ts'
import { parseCommitSha, type Revision } from '../domain/revision.ts'
import type { Checkout, Source, TreeFile } from './source.ts'

/**
 * A working copy as a source: the files below `root` as they are now, committed or not. It has one
 * revision, without history.
 */
export function localSource(
  root: string,
  { fetchChart, openPinned }: Pick<Source, 'fetchChart' | 'openPinned'>,
): Source {
  const revision: Revision = {
    sha: zeroSha(),
    rootTree: `local ${resolve(root)}`,
    author: 'local files',
    committedAt: new Date(0).toISOString(),
    subject: `files in ${root}`,
    allowsPrune: false,
  }
  return {
    fetchTip: async () => revision,
    localTip: async () => revision,
    localRevision: async () => revision,
    isAncestor: async () => true,
    pathTree: async (application) => `local ${resolve(root, application.path)}`,
    readTree: async (application) => ({ files: await listFiles(root, application.path) }),
    openTree: () => ({
      find: (path) => findItem(root, path),
      filesBelow: (path) => listFiles(root, path),
      read: (item) => readItem(join(root, item.path)),
    }),
    fetchChart,
    openPinned,
    checkout: async (_application, _revision, _signal, contents) =>
      contents?.added === undefined
        ? { root: resolve(root), dispose: async () => {} }
        : copyWith(root, contents.added, contents.paths),
  }
}

function zeroSha(): Revision['sha'] {
  const sha = parseCommitSha('0'.repeat(40))
  if (sha === undefined) throw new Error('a zero id is a commit id')
  return sha
}

/** The folder is a person's: what is added goes into a copy. */
async function copyWith(
  root: string,
  added: ReadonlyMap<string, Buffer>,
  paths: readonly string[] = [''],
): Promise<Checkout> {
  const copy = await mkdtemp(join(tmpdir(), 'landfall-'))
  const dispose = () => rm(copy, { recursive: true, force: true })
  try {
    for (const path of paths) {
      const [from, to] = [join(root, path), join(copy, path)]
      await cp(from, to, { recursive: true, verbatimSymlinks: true, force: true })
    }
    for (const [path, content] of added) {
      await mkdir(dirname(join(copy, path)), { recursive: true })
      await writeFile(join(copy, path), content)
    }
  } catch (error: unknown) {
    await dispose()
    throw error
  }
  return { root: copy, dispose }
}

async function findItem(root: string, path: string): Promise<CommitItem | undefined> {
  const file = join(root, path)
  const found = await lstat(file).catch(() => undefined)
  if (found === undefined) return undefined
  const { size } = found
  return { path, mode: modeOf(found), oid: `local ${file}`, size: found.isDirectory() ? 0 : size }
}

async function readItem(file: string): Promise<Buffer> {
  const isLink = (await lstat(file)).isSymbolicLink()
  return isLink ? readlink(file, { encoding: 'buffer' }) : readFile(file)
}

type Kind = Pick<Stats, 'isDirectory' | 'isSymbolicLink'>

function modeOf(entry: Kind): string {
  if (entry.isDirectory()) return '040000'
  return entry.isSymbolicLink() ? '120000' : '100644'
}

async function listFiles(root: string, path: string): Promise<TreeFile[]> {
  const folder = join(root, path)
  const entries = await entriesBelow(folder).catch(() => {
    throw new StageError('SOURCE_PATH_GONE', `${folder} is no folder; give the repository's root`)
  })
  return Promise.all(
    entries.map(async (entry) => {
      const file = join(entry.parentPath, entry.name)
      return {
        path: relative(root, file).split(sep).join('/'),
        mode: modeOf(entry),
        oid: `local ${file}`,
        size: (await lstat(file)).size,
        read: () => readItem(file),
      }
    }),
  )
}

/** Links are entries, whatever they lead to; `recursive` of readdir goes into them. */
async function entriesBelow(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const below = await Promise.all(
    entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => entriesBelow(join(folder, entry.name))),
  )
  return [...entries.filter((entry) => !entry.isDirectory()), ...below.flat()]
}
