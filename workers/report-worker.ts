import { type Job, UnrecoverableError, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { asStageError, StageError } from '../src/domain/error.ts'
import type { Forge } from '../src/forge/forge.ts'
import { reportJob } from '../src/queue/job.ts'
import type { Keys } from '../src/queue/keys.ts'
import { type Reports, reportQueueName } from '../src/queue/reports.ts'
import type { WorkerMetrics } from './metrics.ts'
import { putBack } from './put-back.ts'
import type { Closing } from './sync-worker.ts'
import { workerOptions } from './worker-options.ts'

const postMs = 15_000
const firstBackoffMs = 2_000
const longestBackoffMs = 300_000
// GitHub takes 80 content-creating requests a minute.
const limiter = { max: 70, duration: 60_000 }

interface ReportWorkerDeps {
  readonly redis: Redis
  readonly keys: Keys
  readonly reports: Reports
  readonly forges: () => ReadonlyMap<string, Pick<Forge, 'postStatus'>>
  readonly metrics: WorkerMetrics
  readonly logger: Logger
  /** Of the first pause after a failure; each next one is twice as long. */
  readonly firstBackoffMs?: number
}

/** Sends what is reported, apart from all syncs: a forge that is away holds up nothing but this. */
export function createReportWorker(deps: ReportWorkerDeps): { close(how: Closing): Promise<void> } {
  const { redis, keys, logger } = deps
  const stopping = new AbortController()
  const worker = new Worker(
    reportQueueName,
    async (job, token) => {
      const parsed = reportJob.safeParse(job.data)
      if (!parsed.success) return putBack(job, token)
      await send(deps, parsed.data.report, stopping.signal)
    },
    {
      ...workerOptions(redis, keys),
      concurrency: 4,
      limiter,
      lockDuration: 30_000,
      settings: { backoffStrategy: (made, _type, error) => delayMs(deps, made, error) },
    },
  )
  worker.on('error', (error) => logger.debug({ err: error }, 'report worker'))
  worker.on('failed', (job, error) => tellFailure(logger, job, error))
  return {
    async close({ isRedisUp }) {
      stopping.abort(new StageError('FORGE_UNREACHABLE', 'the worker stops'))
      await worker.close(!isRedisUp)
    },
  }
}

async function send(deps: ReportWorkerDeps, id: string, stopping: AbortSignal): Promise<void> {
  const report = await deps.reports.unsent(id)
  if (report === undefined) return
  const forge = deps.forges().get(report.forge)
  if (forge === undefined) return
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(postMs)])
  try {
    await forge.postStatus(report.repo, report.status, signal)
  } catch (error) {
    const failure = asStageError(error)
    const isLost = failure.retry.kind === 'never'
    deps.metrics.reported(report.forge, isLost ? 'refused' : 'deferred')
    // BullMQ tries anything but this one again.
    throw isLost ? new UnrecoverableError(failure.message) : failure
  }
  deps.metrics.reported(report.forge, 'sent')
  await deps.reports.markSent(id, report)
}

function delayMs(deps: ReportWorkerDeps, made: number, error: Error | undefined): number {
  const { retry } = asStageError(error)
  if (retry.kind === 'after') return retry.ms
  const first = deps.firstBackoffMs ?? firstBackoffMs
  return Math.min(first * 2 ** Math.min(made - 1, 20), longestBackoffMs)
}

function tellFailure(logger: Logger, job: Job | undefined, error: Error): void {
  const level = error instanceof UnrecoverableError ? 'warn' : 'debug'
  logger[level]({ attempt: job?.attemptsMade, err: error }, 'commit status not taken')
}
