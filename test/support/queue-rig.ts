import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { Test } from 'tap'
import {
  type ApplicationRecords,
  createApplicationRecords,
} from '../../src/queue/application-records.ts'
import { connectRedis } from '../../src/queue/connect.ts'
import { createKeys, type Keys } from '../../src/queue/keys.ts'
import { createSyncQueue, type SyncQueue } from '../../src/queue/sync-queue.ts'

/** How a sync ends that asks for nothing more. */
export const done = {
  kind: 'finished',
  retryAt: undefined,
  failedRevision: undefined,
  heldBack: undefined,
} as const

export interface QueueRig {
  readonly url: string
  readonly redis: Redis
  readonly keys: Keys
  readonly records: ApplicationRecords
  readonly queue: SyncQueue
}

/** The queue's parts on one connection, under a prefix of this test's own. */
export function queueRig(
  t: Pick<Test, 'teardown'>,
  url: string,
  prefix = `test-${randomUUID()}`,
): QueueRig {
  const redis = connectRedis(url, 'worker', () => {})
  const keys = createKeys(prefix)
  const queue = createSyncQueue(redis, keys, () => {})
  t.teardown(async () => {
    await queue.close()
    redis.disconnect()
  })
  return { url, redis, keys, records: createApplicationRecords(redis, keys), queue }
}
