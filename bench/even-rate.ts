import { setTimeout as delay } from 'node:timers/promises'

export interface Late {
  readonly status: number
  /** Since it was due: what waits for its turn counts. */
  readonly ms: number
}

/** Sends `count` requests, so many a second, whether or not the ones before are answered yet. */
export async function sendEvenly(
  { count, perSecond }: { readonly count: number; readonly perSecond: number },
  send: (index: number) => Promise<{ readonly status: number }>,
): Promise<readonly Late[]> {
  const started = performance.now()
  const sent: Promise<Late>[] = []
  while (sent.length < count) {
    const dueMs = started + (sent.length * 1_000) / perSecond
    const waitMs = dueMs - performance.now()
    if (waitMs > 0) await delay(waitMs)
    else
      sent.push(send(sent.length).then(({ status }) => ({ status, ms: performance.now() - dueMs })))
  }
  return Promise.all(sent)
}
