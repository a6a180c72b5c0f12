import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { type ApplicationJob, jobVersion, keptJobs } from './job.ts'
import type { Keys } from './keys.ts'
import { createLuaScript } from './lua-script.ts'

export const syncQueueName = 'sync'

/** One job an application: at most one active and one to follow it. */
export interface SyncQueue {
  /** Nothing is added where a job waits already. */
  enqueue(application: string): Promise<void>
  /** Adds one only where there is none, and mends a deduplication key whose job is gone. */
  ensureJob(application: string): Promise<void>
  counts(): Promise<Readonly<Record<string, number>>>
  close(): Promise<void>
}

export function createSyncQueue(
  redis: Redis,
  keys: Keys,
  onError: (error: Error) => void,
): SyncQueue {
  const queue = new Queue<ApplicationJob>(syncQueueName, {
    connection: redis,
    prefix: keys.queues,
    defaultJobOptions: { attempts: 1, sizeLimit: 4_096, ...keptJobs },
  })
  queue.on('error', onError)
  const enqueue = async (application: string) => {
    await queue.add(
      'sync',
      { v: jobVersion, application },
      { deduplication: { id: application, keepLastIfActive: true } },
    )
  }
  return {
    enqueue,
    async ensureJob(application) {
      const jobId = await queue.getDeduplicationJobId(application)
      if (jobId !== null) {
        if (liveStates.has(await queue.getJobState(jobId))) return
        // https://github.com/taskforcesh/bullmq/issues/4311
        await deleteIfEqual(redis, [queue.toKey(`de:${application}`)], [jobId])
      }
      await enqueue(application)
    },
    counts: () => queue.getJobCounts('waiting', 'active', 'delayed', 'failed'),
    close: () => queue.close(),
  }
}

/** By then the key may be that of the next job already. */
const deleteIfEqual = createLuaScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`)

const liveStates = new Set<string>(['waiting', 'active', 'delayed', 'prioritized'])
