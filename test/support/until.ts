import { setTimeout as delay } from 'node:timers/promises'

/** Looks again and again at what tells no event; rejects after a minute. */
export async function until(fact: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 60_000
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not so after 60 s: ${fact}`)
    await delay(10)
  }
}
