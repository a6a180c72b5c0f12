import type { Clock } from '../../src/domain/clock.ts'
import type { Timers } from '../../src/engine/timers.ts'

/** A clock that stands still, and timers that fire when the test lets time pass. */
export interface HeldTime {
  readonly clock: Clock
  readonly timers: Timers
  /** Lets so much time pass, timer by timer, and what they set off come to rest. */
  pass(ms: number): Promise<void>
  /** Timers not fired and not cancelled. */
  pending(): number
}

export function holdTime(start: number): HeldTime {
  let now = start
  const waiting = new Set<{ at: number; run: () => void }>()
  const takeDue = (until: number) => {
    const [next] = [...waiting].sort((a, b) => a.at - b.at)
    if (next === undefined || next.at > until) return undefined
    waiting.delete(next)
    return next
  }
  return {
    clock: { now: () => now },
    timers: {
      after(ms, run) {
        const timer = { at: now + ms, run }
        waiting.add(timer)
        return () => waiting.delete(timer)
      },
    },
    async pass(ms) {
      const end = now + ms
      await comeToRest()
      for (let timer = takeDue(end); timer !== undefined; timer = takeDue(end)) {
        now = Math.max(now, timer.at)
        timer.run()
        await comeToRest()
      }
      now = end
    },
    pending: () => waiting.size,
  }
}

/** Lets everything that waits for nothing but promises run to its end. */
export async function comeToRest(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
