import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { Logger } from 'pino'
import type { Application } from '../src/domain/application.ts'
import type { Paused } from '../src/domain/application-record.ts'
import type { Clock } from '../src/domain/clock.ts'
import type { Redact } from '../src/domain/redact.ts'
import { sweepTickMs } from '../src/domain/sweep.ts'
import type { SyncRecord } from '../src/domain/sync.ts'
import type { SyncFunction } from '../src/domain/sync-request.ts'
import type { Forge } from '../src/forge/forge.ts'
import { createApplicationRecords } from '../src/queue/application-records.ts'
import { connectRedis } from '../src/queue/connect.ts'
import type { Keys } from '../src/queue/keys.ts'
import { createRecordStore } from '../src/queue/record-store.ts'
import { createReports } from '../src/queue/reports.ts'
import { createSweepQueue } from '../src/queue/sweep-queue.ts'
import { createSyncQueue } from '../src/queue/sync-queue.ts'
import { createWantedChannel } from '../src/queue/wanted-channel.ts'
import { createCanary } from './canary.ts'
import type { WorkerMetrics } from './metrics.ts'
import { createReportWorker } from './report-worker.ts'
import type { SyncLimits } from './run-sync.ts'
import { createSweepWorker } from './sweep-worker.ts'
import { createSyncJob } from './sync-job.ts'
import { createSyncKeeper } from './sync-keeper.ts'
import { createSyncReporter, type Tip } from './sync-reporter.ts'
import { createSyncWorker, type WorkerTiming } from './sync-worker.ts'

export interface WorkerDeps {
  readonly redisUrl: string
  readonly keys: Keys
  readonly applications: ReadonlyMap<string, Application>
  readonly forges: ReadonlyMap<string, Pick<Forge, 'postStatus'>>
  readonly canReport: (forge: string) => boolean
  readonly publicUrl: string | undefined
  readonly sync: SyncFunction
  readonly keepPause: (application: Application, paused: Paused) => Promise<void>
  readonly tipOf: (application: Application, signal: AbortSignal) => Promise<Tip>
  readonly history: (application: string) => Promise<readonly SyncRecord[]>
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

/** Syncs, sweeps and reports, until it is closed. */
export function startWorker(deps: WorkerDeps): { close(): Promise<void> } {
  const { redisUrl, keys, applications, redact, clock, logger } = deps
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

  const syncs = createSyncWorker({
    ...shared,
    concurrency,
    ...(timing !== undefined && { timing }),
    run: createSyncJob({
      applications,
      records,
      queue,
      sweeps,
      wanted,
      sync: deps.sync,
      keeper: createSyncKeeper({
        store: createRecordStore(redis, keys),
        redact,
        history: deps.history,
        onError: (error) => logger.warn({ err: error }, 'history not read from the cluster'),
      }),
      reporter: createSyncReporter({
        reports,
        publicUrl: deps.publicUrl,
        redact,
        canReport: deps.canReport,
      }),
      keepPause: deps.keepPause,
      tipOf: deps.tipOf,
      metrics: deps.metrics,
      limits,
      clock,
      logger,
    }),
  })
  const sweepWorker = createSweepWorker({
    ...shared,
    applications,
    records,
    queue,
    sweeps,
    tickMs: sweepTickMs(Array.from(applications.values(), ({ sync }) => sync.everyMs)),
    clock,
  })
  const reportWorker = createReportWorker({
    ...shared,
    reports,
    forges: deps.forges,
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
    async close() {
      const how = { isRedisUp: await deps.isRedisUp() }
      await canary.close(how)
      await sweepWorker.close(how)
      await syncs.close({ ...how, graceMs })
      await reportWorker.close(how)
      wanted.close()
      await Promise.all([queue.close(), sweeps.close(), reports.close()])
      redis.disconnect()
    },
  }
}
