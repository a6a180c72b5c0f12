import { Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { StageError } from '../src/domain/error.ts'
import { applicationJob } from '../src/queue/job.ts'
import type { Keys } from '../src/queue/keys.ts'
import { syncQueueName } from '../src/queue/sync-queue.ts'
import { putBack } from './put-back.ts'
import { workerOptions } from './worker-options.ts'

export interface SyncWorkerDeps {
  readonly redis: Redis
  readonly keys: Keys
  readonly concurrency: number
  readonly run: (application: string, interrupted: AbortSignal) => Promise<void>
  readonly logger: Logger
  readonly timing?: WorkerTiming
}

/** A worker that is killed is replaced within their sum. */
export interface WorkerTiming {
  readonly lockMs: number
  readonly stalledCheckMs: number
}

/** How a worker ends: waiting for a Redis that is away, BullMQ would not end at all. */
export interface Closing {
  readonly isRedisUp: boolean
}

export interface SyncWorker {
  /** Jobs taken since the start, and under way now. */
  activity(): { readonly taken: number; readonly running: number }
  /**
   * Takes no more jobs, ends those that do not end within `graceMs`, and returns soon after; where
   * Redis is away, ends them at once and waits for none.
   */
  close(how: Closing & { readonly graceMs: number }): Promise<void>
}

export function createSyncWorker(deps: SyncWorkerDeps): SyncWorker {
  const { redis, keys, concurrency, run, logger, timing } = deps
  const running = new Map<string, AbortController>()
  let taken = 0
  const worker = new Worker(
    syncQueueName,
    async (job, token) => {
      taken += 1
      const parsed = applicationJob.safeParse(job.data)
      if (!parsed.success) return putBack(job, token)
      const interrupted = new AbortController()
      const jobId = job.id ?? ''
      running.set(jobId, interrupted)
      try {
        await run(parsed.data.application, interrupted.signal)
      } finally {
        running.delete(jobId)
      }
    },
    {
      ...workerOptions(redis, keys),
      concurrency,
      ...(timing !== undefined && {
        lockDuration: timing.lockMs,
        stalledInterval: timing.stalledCheckMs,
      }),
      maxStalledCount: 5,
    },
  )
  worker.on('error', (error) => logger.debug({ err: error }, 'sync worker'))
  worker.on('stalled', (jobId) => logger.warn({ jobId }, 'a worker lost its job; it runs again'))
  worker.on('failed', (job, error) => logger.error({ job: job?.data, err: error }, 'job failed'))
  worker.on('lockRenewalFailed', (jobIds) => {
    for (const jobId of jobIds) running.get(jobId)?.abort(interruption('its lock is lost'))
  })
  return {
    activity: () => ({ taken, running: running.size }),
    async close({ graceMs, isRedisUp }) {
      const closing = worker.close(!isRedisUp)
      const interruptAll = () => {
        for (const controller of running.values())
          controller.abort(interruption('the worker stops'))
      }
      const timer = setTimeout(interruptAll, graceMs)
      if (!isRedisUp) interruptAll()
      try {
        await closing
      } finally {
        clearTimeout(timer)
      }
    },
  }
}

function interruption(reason: string): StageError {
  return new StageError(
    'SYNC_INTERRUPTED',
    `interrupted: ${reason}; the sync starts anew elsewhere`,
  )
}
