import { StageError } from '../domain/error.ts'
import type { Inventory } from '../domain/inventory.ts'

/** When somebody wants to end what an application has. */
export interface EndingAt {
  readonly now: string
  /** `sync.timeout` of the application; undefined: it is not configured. */
  readonly timeoutMs: number | undefined
}

// A sync waits for health that long; it fetches, renders and writes before.
const marginMs = 2 * 60_000
const unconfiguredMs = 10 * 60_000

/**
 * Throws INSTANCE_REFUSED while a sync that has begun to write may be under way: it would write what is
 * let go of or deleted meanwhile. One that was cut off is waited for no longer than a sync takes.
 */
export function refuseRunning(
  name: string,
  { history: [last] }: Pick<Inventory, 'history'>,
  { now, timeoutMs }: EndingAt,
): void {
  if (last?.phase !== 'Running') return
  const longestMs = timeoutMs === undefined ? unconfiguredMs : timeoutMs + marginMs
  const until = Date.parse(last.startedAt) + longestMs
  if (!(Date.parse(now) < until)) return
  const when = new Date(until).toISOString()
  const text = `${name} is being synced since ${last.startedAt}, and that sync may write again what is taken away now; wait until it has ended (landfall status ${name}); if it was cut off, run this again after ${when}`
  throw new StageError('INSTANCE_REFUSED', text)
}
