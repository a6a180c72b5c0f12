import { createByteCache } from '../domain/byte-cache.ts'
import { StageError } from '../domain/error.ts'
import type { Mirrors } from './mirrors.ts'
import type { ObjectReader } from './object-reader.ts'
import { parseTree, type RawEntry } from './parse-tree.ts'
import type { Remote } from './remote.ts'
import { isTree, submoduleMode, type TreeEntry } from './tree-entry.ts'

export interface ListLimits {
  readonly files: number
  /** Of the paths together. */
  readonly bytes: number
}

/** Reads trees of mirrors. A tree never changes: it is read once, as long as that mirror stands. */
export interface TreeReader {
  /** undefined: nothing has that path. */
  entryAt(remote: Remote, rootTree: string, path: string): Promise<TreeEntry | undefined>
  /**
   * Files and submodules at the path and below it, in git's order. Throws SOURCE_REFUSED at the
   * limit: ten trees of ten entries each, a kilobyte in all, name ten billion files.
   */
  filesBelow(remote: Remote, rootTree: string, path: string): Promise<readonly TreeEntry[]>
}

const listLimits: ListLimits = { files: 200_000, bytes: 64 * 1024 * 1024 }
const cacheBytes = 32 * 1024 * 1024
const entryBytes = 200

/** An entry with the size of its blob. */
type Sized = RawEntry & { readonly size: number }
type Folder = readonly Sized[]

export function createTreeReader(
  objects: ObjectReader,
  { identity }: Pick<Mirrors, 'identity'>,
  limits = listLimits,
): TreeReader {
  const folders = createByteCache<Folder>(cacheBytes)

  /** The folders of these trees. What a mirror lacks is a damaged mirror, in git's words. */
  async function read(remote: Remote, oids: readonly string[]): Promise<Map<string, Folder>> {
    const mirror = await identity(remote)
    const found = new Map<string, Folder>()
    const unread = new Map<string, readonly RawEntry[]>()
    const wanted = oids.filter((oid) => {
      const known = folders.get(`${mirror} ${oid}`)
      if (known !== undefined) found.set(oid, known)
      return known === undefined
    })
    await objects.ask(remote, {
      what: 'contents',
      names: wanted,
      onObject(object, index) {
        const oid = wanted[index] ?? ''
        const entries = object && parseTree(object.content, oid.length / 2)
        if (entries === undefined || object?.type !== 'tree') throw new Error(`missing tree ${oid}`)
        unread.set(oid, entries)
      },
    })
    const sizes = await sizesOf(remote, [...unread.values()].flat())
    for (const [oid, entries] of unread) {
      const folder = entries.map((entry) => ({ ...entry, size: sizes.get(entry.oid) ?? 0 }))
      folders.set(`${mirror} ${oid}`, folder, (folder.length + 1) * entryBytes)
      found.set(oid, folder)
    }
    return found
  }

  async function sizesOf(remote: Remote, entries: readonly RawEntry[]) {
    const blobs = entries.filter((entry) => !isTree(entry) && entry.mode !== submoduleMode)
    const oids = [...new Set(blobs.map(({ oid }) => oid))]
    const sizes = new Map<string, number>()
    await objects.ask(remote, {
      what: 'info',
      names: oids,
      onObject(object, index) {
        const oid = oids[index] ?? ''
        if (object?.type !== 'blob') throw new Error(`missing blob ${oid}`)
        sizes.set(oid, object.size)
      },
    })
    return sizes
  }

  async function entryAt(
    remote: Remote,
    rootTree: string,
    path: string,
  ): Promise<TreeEntry | undefined> {
    let at: TreeEntry = { mode: '040000', oid: rootTree, size: 0, path: '' }
    for (const name of path === '' ? [] : path.split('/')) {
      if (!isTree(at)) return undefined
      const folder = (await read(remote, [at.oid])).get(at.oid)
      const entry = folder?.find((one) => one.name === name)
      if (entry === undefined) return undefined
      at = entryOf(entry, at.path)
    }
    return at
  }

  /** Each tree once, however often it is named, one level after the other. */
  async function readAll(remote: Remote, root: string): Promise<ReadonlyMap<string, Folder>> {
    const all = new Map<string, Folder>()
    let entries = 0
    for (let level = [root]; level.length > 0; ) {
      const folders = await read(remote, level)
      for (const [oid, folder] of folders) all.set(oid, folder)
      const named = [...folders.values()].flat()
      entries += named.length
      if (entries > limits.files) throw tooLarge(limits)
      const below = new Set(named.filter(isTree).map(({ oid }) => oid))
      level = [...below].filter((oid) => !all.has(oid))
    }
    return all
  }

  return {
    entryAt,

    async filesBelow(remote, rootTree, path) {
      const top = await entryAt(remote, rootTree, path)
      if (top === undefined) return []
      if (!isTree(top)) return [top]
      return flatten(await readAll(remote, top.oid), top, limits)
    },
  }
}

/** Depth first, without recursion: a commit chooses how deep it goes. */
function flatten(
  folders: ReadonlyMap<string, Folder>,
  top: TreeEntry,
  limits: ListLimits,
): readonly TreeEntry[] {
  const files: TreeEntry[] = []
  const stack = [top]
  let seen = 0
  let bytes = 0
  for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
    seen += 1
    bytes += entry.path.length
    if (seen > limits.files || bytes > limits.bytes) throw tooLarge(limits)
    const { path } = entry
    if (!isTree(entry)) files.push(entry)
    else
      for (const one of (folders.get(entry.oid) ?? []).toReversed()) stack.push(entryOf(one, path))
  }
  return files
}

function entryOf({ mode, oid, size, name }: Sized, folder: string): TreeEntry {
  return { mode, oid, size, path: folder === '' ? name : `${folder}/${name}` }
}

function tooLarge({ files, bytes }: ListLimits): StageError {
  const text = `the commit names more than ${files} files, or ${bytes} bytes of names; split the repository`
  return new StageError('SOURCE_REFUSED', text)
}
