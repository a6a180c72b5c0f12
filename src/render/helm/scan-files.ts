import { followPath } from '../closure/follow-path.ts'
import { takeFolder } from '../closure/take-folder.ts'
import type { Trail } from '../closure/trail.ts'
import type { CommitItem } from '../render.ts'

/** All that helm can read: the chart, what its links lead to, and the value files. */
export async function scanFiles(
  trail: Trail,
  path: string,
  valueFiles: readonly string[],
): Promise<readonly CommitItem[]> {
  const chart = await trail.find(path)
  if (chart === undefined) return []
  const files = [...(await takeFolder(trail, chart))]
  for (const file of valueFiles) {
    const target = await followPath(trail, path, file)
    if (target.kind === 'file') files.push(target.item)
  }
  return files
}
