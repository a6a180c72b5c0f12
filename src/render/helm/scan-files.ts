import type { CommitItem } from '../../domain/commit-tree.ts'
import { followPath } from '../closure/follow-path.ts'
import { takeFolder } from '../closure/take-folder.ts'
import type { Trail } from '../closure/trail.ts'
import type { HelmOptions } from './helm-options.ts'

/** All that helm can read of a commit: its chart, what the links in it lead to, the value files. */
export async function scanFiles(
  trail: Trail,
  path: string,
  { chart, valueFiles }: Pick<HelmOptions, 'chart' | 'valueFiles'>,
): Promise<readonly CommitItem[]> {
  const folder = chart === undefined ? await trail.find(path) : undefined
  const files = folder === undefined ? [] : [...(await takeFolder(trail, folder))]
  for (const file of valueFiles) {
    const target = await followPath(trail, path, file)
    if (target.kind === 'file') files.push(target.item)
  }
  return files
}
