import { setTimeout as delay } from 'node:timers/promises'

/** Looks again and again at what tells no event; rejects after 30 s. */
export async function until(fact: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 30_000
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not so after 30 s: ${fact}`)
    await delay(10)
  }
}
