import type { CommitTree } from '../../domain/commit-tree.ts'
import { type Followed, followPath } from '../closure/follow-path.ts'
import { repositoryAt } from './remote-base.ts'

/** As followPath; what lies in another repository is outside. */
export async function followWithin(
  tree: Pick<CommitTree, 'find' | 'read'>,
  from: string,
  path: string,
): Promise<Followed> {
  const followed = await followPath(tree, from, path)
  const isOther = 'item' in followed && repositoryAt(followed.item.path) !== repositoryAt(from)
  return isOther ? { kind: 'outside' } : followed
}
