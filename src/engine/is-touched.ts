import type { Application } from '../domain/application.ts'
import type { Inventory } from '../domain/inventory.ts'
import { parseCommitSha, type Revision } from '../domain/revision.ts'
import type { Source } from '../source/source.ts'

/**
 * Whether a commit changes the application's own folder against what is deployed, or was left in
 * the middle of being deployed, so that its forge should hear how it went.
 */
export async function isTouched(
  source: Source,
  application: Application,
  inventory: Inventory,
  revision: Revision,
): Promise<boolean> {
  const latest = inventory.history.find((row) => row.revision === revision.sha)
  if (latest?.phase === 'Running') return true
  if (inventory.revision === revision.sha) return false
  const sha = parseCommitSha(inventory.revision ?? '')
  const applied = sha === undefined ? undefined : await source.localRevision(application, sha)
  if (applied === undefined) return true
  const before = await treeOf(source, application, applied)
  const after = await treeOf(source, application, revision)
  return before === undefined || before !== after
}

/** undefined: the folder is not there, or cannot be read. */
async function treeOf(
  source: Source,
  application: Application,
  revision: Revision,
): Promise<string | undefined> {
  try {
    return await source.pathTree(application, revision)
  } catch {
    return undefined
  }
}
