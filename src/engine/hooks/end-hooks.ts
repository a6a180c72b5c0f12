import type { StageError } from '../../domain/error.ts'
import type { Reconciled } from '../reconcile.ts'
import type { Settled } from '../settle.ts'
import type { Run } from '../sync-run.ts'

/**
 * Runs the hooks of the end: of a sync that came through, or of one that failed after it had begun
 * to write. A sync that a newer commit overtook has no end.
 */
export async function endHooks(
  run: Run,
  { hooks, failure, isSuperseded }: Reconciled,
  settled: Settled,
): Promise<StageError | undefined> {
  if (hooks === undefined) return undefined
  const isOvertaken = isSuperseded || settled.isSuperseded
  const hasFailed = failure !== undefined || settled.failure !== undefined
  const phase = hasFailed ? 'sync-fail' : 'post-sync'
  const error = isOvertaken ? undefined : await run.journal.time('health', () => hooks.run(phase))
  run.journal.changes = [...run.journal.changes, ...hooks.changes()]
  const when = isOvertaken ? 'under-way' : 'ended'
  run.inventory = { ...run.inventory, hooks: hooks.entries(when, run.inventory.hooks) }
  return hasFailed ? undefined : error
}
