import { posix } from 'node:path'
import type { CommitItem, CommitTree } from '../../domain/commit-tree.ts'
import { folderMode, linkMode, submoduleMode } from '../file-mode.ts'

export type Followed =
  /** At its real path: no part of it is a link. */
  | { readonly kind: 'file' | 'folder'; readonly item: CommitItem }
  | { readonly kind: 'outside' }
  | { readonly kind: 'missing' }

// Linux gives up there too.
const maxLinks = 40
const maxTargetBytes = 4096

const outside = { kind: 'outside' } as const
const missing = { kind: 'missing' } as const

/** Where a path of the commit leads, as it would in a checkout of it. */
export async function followPath(
  tree: Pick<CommitTree, 'find' | 'read'>,
  from: string,
  path: string,
): Promise<Followed> {
  if (posix.isAbsolute(path)) return outside
  // Both tools clean a path before they ask the file system: `link/..` is where the link stands.
  const walk: Walk = { at: [], pending: namesIn(posix.join('.', from, path)), links: 0 }
  for (let name = walk.pending.shift(); name !== undefined; name = walk.pending.shift()) {
    const end = await step(tree, walk, name)
    if (end !== undefined) return end
  }
  const item = await tree.find(walk.at.join('/'))
  return item === undefined ? missing : { kind: 'folder', item }
}

interface Walk {
  /** The folder that was reached. */
  readonly at: string[]
  readonly pending: string[]
  links: number
}

/** One name further; undefined: there is more to walk, or it was a folder. */
async function step(
  tree: Pick<CommitTree, 'find' | 'read'>,
  walk: Walk,
  name: string,
): Promise<Followed | undefined> {
  const { at, pending } = walk
  if (name === '..') return at.pop() === undefined ? outside : undefined
  if (name === '.') return undefined
  const item = await tree.find([...at, name].join('/'))
  if (item?.mode === linkMode) return followLink(tree, walk, item)
  if (item?.mode !== folderMode) {
    return isFile(item) && pending.length === 0 ? { kind: 'file', item } : missing
  }
  at.push(name)
  return undefined
}

async function followLink(
  tree: Pick<CommitTree, 'read'>,
  walk: Walk,
  link: CommitItem,
): Promise<Followed | undefined> {
  walk.links += 1
  if (walk.links > maxLinks || link.size > maxTargetBytes) return missing
  const target = (await tree.read(link)).toString('utf8')
  if (posix.isAbsolute(target)) return outside
  // At the end of a target, unlike of a path that was cleaned, they ask for a folder.
  walk.pending.unshift(...namesIn(target), ...(/\/\.?$/.test(target) ? ['.'] : []))
  return undefined
}

function isFile(item: CommitItem | undefined): item is CommitItem {
  return item !== undefined && item.mode !== submoduleMode
}

function namesIn(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.')
}
