import { setImmediate as nextTurn } from 'node:timers/promises'
import { stoppedError } from './stopped-error.ts'

/** Awaited between small pieces of work. */
export type Pace = () => Promise<void>

const turnMs = 20

/**
 * Gives the event loop its turn every 20 ms, since locks are renewed there. Rejects with a
 * StageError once the signal is aborted.
 */
export function createPace(signal: AbortSignal): Pace {
  let turnEnds = performance.now() + turnMs
  return async () => {
    if (performance.now() < turnEnds) return
    await nextTurn()
    if (signal.aborted) throw stoppedError(signal.reason)
    turnEnds = performance.now() + turnMs
  }
}
