import { posix } from 'node:path'
import type { CommitItem } from '../../domain/commit-tree.ts'
import { linkMode } from '../file-mode.ts'
import { followPath } from './follow-path.ts'
import type { Trail } from './trail.ts'

/**
 * A folder with all that is below it, and what the links in it lead to. A link out of the
 * repository, or to nothing, is left as it is.
 */
export async function takeFolder(trail: Trail, folder: CommitItem): Promise<readonly CommitItem[]> {
  const taken = new Set<string>()
  const files = new Map<string, CommitItem>()
  const folders = [folder]
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    if (taken.has(next.path)) continue
    taken.add(next.path)
    for (const item of await trail.takeFolder(next)) {
      files.set(item.path, item)
      if (item.mode !== linkMode) continue
      const target = await followPath(trail, posix.dirname(item.path), posix.basename(item.path))
      if (target.kind === 'file') files.set(target.item.path, target.item)
      if (target.kind === 'folder') folders.push(target.item)
    }
  }
  return [...files.values()]
}
