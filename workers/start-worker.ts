import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { Logger } from 'pino'
import type { Clock } from '../src/domain/clock.ts'
import type { Redact } from '../src/domain/redact.ts'
import { answering } from '../src/queue/answering.ts'
import { createApplicationRecords } from '../src/queue/application-records.ts'
import { connectRedis } from '../src/queue/connect.ts'
import { createDeclaredObjects } from '../src/queue/declared-objects.ts'
import type { Keys } from '../src/queue/keys.ts'
import { createRecordStore } from '../src/queue/record-store.ts'
import { createReports } from '../src/queue/reports.ts'
import { createSweepQueue } from '../src/queue/sweep-queue.ts'
import { createSyncQueue } from '../src/queue/sync-queue.ts'
import { createWantedChannel } from '../src/queue/wanted-channel.ts'
import { createWatchNotes } from '../src/queue/watch-notes.ts'
import { createWitnessRecords } from '../src/queue/witness-records.ts'
import { createCanary } from './canary.ts'
import type { Current } from './current.ts'
import type { WorkerMetrics } from './metrics.ts'
import { createReportWorker } from './report-worker.ts'
import type { SyncLimits } from './run-sync.ts'
import { createSweepWorker } from './sweep-worker.ts'
import { createSyncJob } from './sync-job.ts'
import { createSyncKeeper } from './sync-keeper.ts'
import { createSyncReporter } from './sync-reporter.ts'
import { createSyncWorker, type WorkerTiming } from './sync-worker.ts'
import { startWitnessChores } from './witness-chores.ts'
import { createWitnessNotes } from './witness-notes.ts'
import type { WorkerSetup } from './worker-setup.ts'

export interface WorkerDeps {
  readonly redisUrl: string
  readonly keys: Keys
  readonly setup: Current<WorkerSetup>
  readonly isRedisUp: () => Promise<boolean>
  /** The worker no longer gets jobs: the process must end. */
  readonly onDead: (reason: string) => void
  readonly metrics: WorkerMetrics
  readonly redact: Redact
  readonly clock: Clock
  readonly logger: Logger
  readonly options?: WorkerOptions
}

export interface WorkerOptions {
  readonly concurrency?: number
  readonly limits?: SyncLimits
  readonly timing?: WorkerTiming
  readonly graceMs?: number
  readonly firstReportBackoffMs?: number
}

const defaults = {
  concurrency: 8,
  limits: { marginMs: 60_000, abandonMs: 15_000 },
  graceMs: 10_000,
} as const

export interface RunningWorker {
  /** Syncs these soon. Throws QUEUE_UNAVAILABLE. */
  wake(applications: readonly string[]): Promise<void>
  close(): Promise<void>
}

/** Syncs, sweeps and reports, until it is closed. */
export function startWorker(deps: WorkerDeps): RunningWorker {
  const { redisUrl, keys, setup, redact, clock, logger } = deps
  const { concurrency, limits, graceMs, timing, firstReportBackoffMs } = {
    ...defaults,
    ...deps.options,
  }
  const tell = (error: Error) => logger.debug({ err: error }, 'redis')
  const redis = connectRedis(redisUrl, 'worker', tell)
  const records = createApplicationRecords(redis, keys)
  const queue = createSyncQueue(redis, keys, tell)
  const sweeps = createSweepQueue(redis, keys, tell)
  const reports = createReports(redis, keys, tell)
  const wanted = createWantedChannel(redis, keys, tell)
  const shared = { redis, keys, logger }

  const store = createRecordStore(redis, keys)
  const notes = createWatchNotes(redis, keys)
  const witnessRecords = createWitnessRecords(redis, keys)
  const witnessNotes = createWitnessNotes({
    records: witnessRecords,
    declared: createDeclaredObjects(redis, keys),
    clock,
    logger,
  })
  const jobOf = (now: WorkerSetup) =>
    createSyncJob({
      ...now,
      records,
      queue,
      sweeps,
      wanted,
      keeper: createSyncKeeper({
        store,
        redact,
        history: now.history,
        onError: (error) => logger.warn({ err: error }, 'history not read from the cluster'),
      }),
      reporter: createSyncReporter({ ...now, reports, redact }),
      metrics: deps.metrics,
      watched: ({ cluster, name }) => notes.read(cluster, name),
      witnessNotesOf: ({ cluster }) => (now.witnesses.has(cluster) ? witnessNotes : undefined),
      limits,
      clock,
      logger,
    })
  const syncs = createSyncWorker({
    ...shared,
    concurrency,
    ...(timing !== undefined && { timing }),
    run: (name, interrupted) => setup.use((now) => jobOf(now)(name, interrupted)),
  })
  const sweepWorker = createSweepWorker({
    ...shared,
    applications: () => setup.now().applications,
    records,
    queue,
    sweeps,
  })
  const chores = startWitnessChores({
    ...shared,
    setup,
    standing: records,
    records: witnessRecords,
    clock,
  })
  const reportWorker = createReportWorker({
    ...shared,
    reports,
    forges: () => setup.now().forges,
    metrics: deps.metrics,
    ...(firstReportBackoffMs !== undefined && { firstBackoffMs: firstReportBackoffMs }),
  })
  let lastTaken = 0
  const canary = createCanary({
    ...shared,
    id: `${hostname()}-${randomBytes(4).toString('hex')}`,
    isRedisUp: deps.isRedisUp,
    onDead: deps.onDead,
    async isStarving() {
      const { taken, running } = syncs.activity()
      const hasTaken = taken > lastTaken
      lastTaken = taken
      return !hasTaken && running < concurrency && ((await queue.counts())['waiting'] ?? 0) > 0
    },
  })
  return {
    async wake(names) {
      await answering(async () => {
        const want = { trigger: 'sweep', at: await records.now() } as const
        await Promise.all(
          names.map(async (name) => {
            await records.want(name, want)
            await queue.enqueue(name)
          }),
        )
      })
    },

    async close() {
      const how = { isRedisUp: await deps.isRedisUp() }
      await canary.close(how)
      await chores.close()
      await sweepWorker.close(how)
      await syncs.close({ ...how, graceMs })
      await reportWorker.close(how)
      wanted.close()
      await Promise.all([queue.close(), sweeps.close(), reports.close()])
      redis.disconnect()
    },
  }
}
