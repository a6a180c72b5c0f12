import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Test } from 'tap'

export interface ForkedReceiver {
  readonly url: string
  residentBytes(): Promise<number>
}

/** A receiver in a process of its own, so that its memory can be told from the test's. */
export async function forkReceiver(t: Test): Promise<ForkedReceiver> {
  const child = fork(new URL('./receiver-child.ts', import.meta.url), { stdio: 'ignore' })
  t.teardown(() => void child.kill())
  const [url] = await once(child, 'message')
  return {
    url,
    async residentBytes() {
      child.send('rss')
      const [bytes] = await once(child, 'message')
      return bytes
    },
  }
}
