import { Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { Application } from '../src/domain/application.ts'
import { decideSweep, sweepTickMs } from '../src/domain/sweep.ts'
import type { ApplicationRecords } from '../src/queue/application-records.ts'
import { applicationJob } from '../src/queue/job.ts'
import type { Keys } from '../src/queue/keys.ts'
import { type SweepQueue, sweepQueueName, tickJobName } from '../src/queue/sweep-queue.ts'
import type { SyncQueue } from '../src/queue/sync-queue.ts'
import { putBack } from './put-back.ts'
import type { Closing } from './sync-worker.ts'
import { workerOptions } from './worker-options.ts'

interface SweepWorkerDeps {
  readonly redis: Redis
  readonly keys: Keys
  readonly applications: () => ReadonlyMap<string, Application>
  readonly records: ApplicationRecords
  readonly queue: SyncQueue
  readonly sweeps: SweepQueue
  readonly logger: Logger
}

/** The periodic sweep: one tick at a time over all workers, and the retries in between. */
export function createSweepWorker(deps: SweepWorkerDeps): { close(how: Closing): Promise<void> } {
  const { redis, keys, applications, sweeps, logger } = deps
  const worker = new Worker(
    sweepQueueName,
    async (job, token) => {
      if (job.name === tickJobName) return tick(deps)
      const parsed = applicationJob.safeParse(job.data)
      if (!parsed.success) return putBack(job, token)
      await fireRetry(deps, parsed.data.application)
    },
    // A scheduler's next tick is made when the last one starts: in one process they never overlap.
    { ...workerOptions(redis, keys), concurrency: 4 },
  )
  worker.on('error', (error) => logger.debug({ err: error }, 'sweep worker'))
  worker.on('failed', (_job, error) => logger.warn({ err: error }, 'sweep failed'))

  let timer: NodeJS.Timeout | undefined
  const look = () => {
    const tickMs = sweepTickMs(Array.from(applications().values(), ({ sync }) => sync.everyMs))
    sweeps.ensureSchedule(tickMs).catch((error: unknown) => {
      logger.warn({ err: error }, 'sweep not scheduled')
    })
    timer = setTimeout(look, tickMs)
  }
  look()
  return {
    async close({ isRedisUp }) {
      clearTimeout(timer)
      await worker.close(!isRedisUp)
    },
  }
}

async function tick(deps: SweepWorkerDeps): Promise<void> {
  const applications = Array.from(deps.applications().values())
  const [now, records] = await Promise.all([
    deps.records.now(),
    deps.records.read(applications.map(({ name }) => name)),
  ])
  await Promise.all(
    applications.map(async ({ name, sync }, index) => {
      const record = records[index]
      if (record === undefined) return
      const decision = decideSweep({ name, everyMs: sync.everyMs }, record, now)
      switch (decision.kind) {
        case 'none':
          return
        case 'retry':
          return fireRetry(deps, name)
        case 'ensure-job':
          return deps.queue.ensureJob(name)
        case 'sweep':
          await deps.records.want(name, { trigger: 'sweep', at: now })
          return deps.queue.enqueue(name)
      }
    }),
  )
}

async function fireRetry(deps: SweepWorkerDeps, application: string): Promise<void> {
  const isDue = await deps.records.fireRetry(application, await deps.records.now())
  if (isDue) await deps.queue.enqueue(application)
}
