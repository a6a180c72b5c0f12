import { Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { StageError } from '../src/domain/error.ts'
import { applicationJob } from '../src/queue/job.ts'
import type { Keys } from '../src/queue/keys.ts'
import { syncQueueName } from '../src/queue/sync-queue.ts'
import { keepJobLock } from './job-lock.ts'
import { putBack } from './put-back.ts'
import { watchStandstill } from './standstill.ts'
import { lockMs as defaultLockMs, workerOptions } from './worker-options.ts'

export interface SyncWorkerDeps {
  readonly redis: Redis
  readonly keys: Keys
  readonly concurrency: number
  readonly run: (application: string, hold: Hold) => Promise<void>
  readonly logger: Logger
  readonly timing?: WorkerTiming
}

/** What a sync has of its job. */
export interface Hold {
  /** The job's lock is lost, or may be, or the process stops. */
  readonly interrupted: AbortSignal
  /** Fires `interrupted` at once where the process stood still and the lock may be lost. */
  look(): void
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
  const lockMs = timing?.lockMs ?? defaultLockMs
  const running = new Map<string, AbortController>()
  let taken = 0
  const interruptAll = (reason: string) => {
    for (const controller of running.values()) controller.abort(interruption(reason))
  }
  // At worst the lock had half of its time left when the process stood still. After that another
  // worker may write, and this one must not: not even what was on its way when it stopped.
  const standstill = watchStandstill({
    limitMs: lockMs / 2,
    onStandstill(ms) {
      if (running.size > 0) logger.warn({ ms: Math.round(ms) }, 'the process stood still')
      interruptAll('the process stood still, its lock may be lost')
    },
  })
  const worker = new Worker(
    syncQueueName,
    async (job, token = '') => {
      taken += 1
      const parsed = applicationJob.safeParse(job.data)
      if (!parsed.success) return putBack(job, token)
      const interrupted = new AbortController()
      const jobId = job.id ?? ''
      running.set(jobId, interrupted)
      const letGo = keepJobLock({
        job,
        token,
        lockMs,
        onLost: () => interrupted.abort(interruption('its lock is lost')),
      })
      try {
        await run(parsed.data.application, {
          interrupted: interrupted.signal,
          look: standstill.look,
        })
      } finally {
        letGo()
        running.delete(jobId)
      }
    },
    {
      ...workerOptions(redis, keys),
      concurrency,
      lockDuration: lockMs,
      skipLockRenewal: true,
      ...(timing !== undefined && { stalledInterval: timing.stalledCheckMs }),
      maxStalledCount: 5,
    },
  )
  worker.on('error', (error) => logger.debug({ err: error }, 'sync worker'))
  worker.on('stalled', (jobId) => logger.warn({ jobId }, 'a worker lost its job; it runs again'))
  worker.on('failed', (job, error) => logger.error({ job: job?.data, err: error }, 'job failed'))
  return {
    activity: () => ({ taken, running: running.size }),
    async close({ graceMs, isRedisUp }) {
      const closing = worker.close(!isRedisUp)
      const stopAll = () => interruptAll('the worker stops')
      const timer = setTimeout(stopAll, graceMs)
      if (!isRedisUp) stopAll()
      try {
        await closing
      } finally {
        clearTimeout(timer)
        standstill.close()
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
