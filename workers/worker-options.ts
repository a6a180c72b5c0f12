import type { WorkerOptions } from 'bullmq'
import type { Redis } from 'ioredis'
import type { Keys } from '../src/queue/keys.ts'

/** How long a job is its worker's without a word from it; BullMQ renews at half of it. */
export const lockMs = 15_000

/** What every worker of ours has in common. */
export function workerOptions(redis: Redis, keys: Keys): WorkerOptions {
  return {
    connection: redis,
    prefix: keys.queues,
    lockDuration: lockMs,
    stalledInterval: 10_000,
    // 15 s unless said: after an outage, and before a stopping process may end.
    runRetryDelay: 1_000,
  }
}
