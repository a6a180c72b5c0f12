import { setTimeout as delay } from 'node:timers/promises'

/** Looks again and again at what tells no event; rejects after a minute unless told otherwise. */
export async function until(
  fact: string,
  holds: () => boolean | Promise<boolean>,
  withinMs = 60_000,
): Promise<void> {
  const deadline = performance.now() + withinMs
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not so after ${withinMs / 1_000} s: ${fact}`)
    await delay(10)
  }
}
