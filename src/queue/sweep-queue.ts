import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { type ApplicationJob, jobVersion } from './job.ts'
import type { Keys } from './keys.ts'

export const sweepQueueName = 'sweep'
/** Job of the scheduler; the other kind of job fires the retry of one application. */
export const tickJobName = 'tick'
const schedulerId = 'sweep'

/** The clock of Landfall: apart from the sync queue, so that a full one skips no tick. */
export interface SweepQueue {
  /** Sets the one schedule; again and again, since Redis may have lost it. */
  ensureSchedule(everyMs: number): Promise<void>
  /** Looks at the application's `retryAt` in `delayMs`; the tick is the net below it. */
  scheduleRetry(application: string, delayMs: number): Promise<void>
  close(): Promise<void>
}

export function createSweepQueue(
  redis: Redis,
  keys: Keys,
  onError: (error: Error) => void,
): SweepQueue {
  const queue = new Queue<ApplicationJob | Record<string, never>>(sweepQueueName, {
    connection: redis,
    prefix: keys.queues,
    defaultJobOptions: { attempts: 1, removeOnComplete: true, removeOnFail: true },
  })
  queue.on('error', onError)
  const schedule = (every: number) =>
    queue.upsertJobScheduler(schedulerId, { every }, { name: tickJobName })
  return {
    async ensureSchedule(everyMs) {
      const next = await schedule(everyMs)
      // Set by a clock that is ahead, or was: it would come when others have caught up.
      if ((next?.opts.delay ?? 0) <= 2 * everyMs) return
      await queue.removeJobScheduler(schedulerId)
      await schedule(everyMs)
    },
    async scheduleRetry(application, delayMs) {
      await queue.add('retry', { v: jobVersion, application }, { delay: delayMs })
    },
    close: () => queue.close(),
  }
}
