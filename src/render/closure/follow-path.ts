import { posix } from 'node:path'
import { folderMode, linkMode, submoduleMode } from '../file-mode.ts'
import type { CommitItem, CommitTree } from '../render.ts'

export type Followed =
  /** At its real path: no part of it is a link. */
  | { readonly kind: 'file' | 'folder'; readonly item: CommitItem }
  | { readonly kind: 'outside' }
  | { readonly kind: 'missing' }

// Linux gives up there too.
const maxLinks = 40
const maxTargetBytes = 4096

/** Where a path of the commit leads, as it would in a checkout of it. */
export async function followPath(
  tree: Pick<CommitTree, 'find' | 'read'>,
  from: string,
  path: string,
): Promise<Followed> {
  if (posix.isAbsolute(path)) return outside
  // Both tools clean a path before they ask the file system: `link/..` is where the link stands.
  const pending = posix.join('.', from, path).split('/')
  const at: string[] = []
  let links = 0
  for (let name = pending.shift(); name !== undefined; name = pending.shift()) {
    if (name === '' || name === '.') continue
    if (name === '..') {
      if (at.pop() === undefined) return outside
      continue
    }
    const item = await tree.find([...at, name].join('/'))
    if (item === undefined || item.mode === submoduleMode) return missing
    if (item.mode === linkMode) {
      links += 1
      if (links > maxLinks || item.size > maxTargetBytes) return missing
      const target = (await tree.read(item)).toString('utf8')
      if (posix.isAbsolute(target)) return outside
      pending.unshift(...target.split('/'))
    } else if (item.mode === folderMode) at.push(name)
    else return pending.every(isNothing) ? { kind: 'file', item } : missing
  }
  const item = await tree.find(at.join('/'))
  return item === undefined ? missing : { kind: 'folder', item }
}

const outside: Followed = { kind: 'outside' }
const missing: Followed = { kind: 'missing' }

function isNothing(name: string): boolean {
  return name === '' || name === '.'
}
