import { StageError } from '../domain/error.ts'
import { pause, systemTimers, type Timers } from './timers.ts'

// A controller at work writes its object's status many times a second, for a second or two.
const againAfterMs = [0, 10, 20, 50, 100, 200, 400, 800, 1_600]

interface Acting {
  readonly signal: AbortSignal
  readonly timers?: Timers
}

/**
 * Does what was decided by a look at an object, guarded by the version that was seen. Where somebody
 * has changed the object since (OBJECT_CONFLICT), it looks and does it again, for some 3 s in all.
 */
export async function actOnFresh<Seen, Result>(
  { signal, timers = systemTimers }: Acting,
  first: Seen,
  look: () => Promise<Seen>,
  act: (seen: Seen) => Promise<Result>,
): Promise<Result> {
  let seen = first
  for (const ms of againAfterMs) {
    try {
      return await act(seen)
    } catch (error) {
      if (!(error instanceof StageError) || error.code !== 'OBJECT_CONFLICT') throw error
    }
    await pause(timers, ms, signal)
    signal.throwIfAborted()
    seen = await look()
  }
  return act(seen)
}
