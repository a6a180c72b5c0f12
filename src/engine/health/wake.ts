import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Timers } from '../timers.ts'

/** A bell between those who see something and the one who judges it: rings in between are one. */
export interface Wake {
  readonly ring: () => void
  /** Ends at the next ring, or at one since the last wait, or after `ms`. */
  wait(ms: number | undefined): Promise<void>
}

export function createWake(timers: Timers): Wake {
  let rung = Promise.withResolvers<void>()
  return {
    ring: () => rung.resolve(),
    async wait(ms) {
      const cancel = ms === undefined ? undefined : timers.after(ms, () => rung.resolve())
      await rung.promise
      cancel?.()
      // What came in one packet is judged once: a rollout of many pods tells each of them at once.
      await nextTurn()
      rung = Promise.withResolvers<void>()
    },
  }
}
