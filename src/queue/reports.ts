import { createHash } from 'node:crypto'
import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { CommitStatus } from '../domain/commit-status.ts'
import { isFinal } from '../domain/report-policy.ts'
import { jobVersion, keptJobs, type ReportJob } from './job.ts'
import type { Keys } from './keys.ts'
import { submitReport } from './report-scripts.ts'

export const reportQueueName = 'report'
const keptMs = 7 * 86_400_000
/** With pauses of up to five minutes: as long as the report itself is kept. */
const attempts = 2_000

/** One status on its way to its forge. */
export interface Report {
  readonly forge: string
  readonly repo: string
  readonly status: CommitStatus
}

interface Submission extends Report {
  readonly application: string
  /** Of the sync that reports: an older one never overwrites a newer one. */
  readonly sequence: number
  /** Whether a pending status may follow a final one. */
  readonly mayReopen: boolean
}

/** Statuses on their way to the forges: of each commit and context only the latest. */
export interface Reports {
  submit(submission: Submission): Promise<void>
  /** The latest status of that commit and context, unless its forge has it already. */
  unsent(id: string): Promise<Report | undefined>
  markSent(id: string, report: Report): Promise<void>
  /** The commit of the application whose forge was told `pending` and nothing after. */
  pendingOf(application: string): Promise<CommitStatus | undefined>
  close(): Promise<void>
}

export function createReports(redis: Redis, keys: Keys, onError: (error: Error) => void): Reports {
  const queue = new Queue<ReportJob>(reportQueueName, {
    connection: redis,
    prefix: keys.queues,
    defaultJobOptions: { attempts, backoff: { type: 'custom' }, sizeLimit: 4_096, ...keptJobs },
  })
  queue.on('error', onError)
  return {
    async submit({ application, sequence, mayReopen, ...report }) {
      const { status } = report
      const id = reportId(report)
      const isPending = !isFinal(status.state)
      const taken = await submitReport(
        redis,
        [keys.report(id)],
        [
          sequence * 2 + (isPending ? 0 : 1),
          isPending ? '1' : '0',
          mayReopen ? '1' : '0',
          JSON.stringify(report),
          shownText(status),
          keptMs,
        ],
      )
      if (taken === -1) return
      await trackPending(redis, keys, application, status)
      if (taken === 0) return
      const deduplication = { id, keepLastIfActive: true }
      await queue.add('report', { v: jobVersion, report: id }, { deduplication })
    },

    async unsent(id) {
      const [wanted, text, sentText] = await redis.hmget(
        keys.report(id),
        'wanted',
        'text',
        'sentText',
      )
      return wanted == null || text === sentText ? undefined : parseReport(wanted)
    },

    async markSent(id, { status }) {
      await redis.hset(keys.report(id), 'sentText', shownText(status))
    },

    async pendingOf(application) {
      const text = await redis.hget(keys.pending, application)
      return text === null ? undefined : parseStatus(JSON.parse(text))
    },

    close: () => queue.close(),
  }
}

async function trackPending(redis: Redis, keys: Keys, application: string, status: CommitStatus) {
  if (!isFinal(status.state)) {
    await redis.hset(keys.pending, application, JSON.stringify(status))
    return
  }
  const known = await redis.hget(keys.pending, application)
  if (known !== null && parseStatus(JSON.parse(known)).sha === status.sha) {
    await redis.hdel(keys.pending, application)
  }
}

function reportId({ forge, repo, status }: Report): string {
  const parts = JSON.stringify([forge, repo, status.sha, status.context])
  return createHash('sha256').update(parts).digest('hex')
}

// Without the link: each retry of a commit has a page of its own, and that alone is no news.
function shownText({ state, description }: CommitStatus): string {
  return `${state}: ${description}`
}

const reportSchema = z.object({ forge: z.string(), repo: z.string(), status: z.unknown() })
const statusSchema = z.object({
  sha: z.string(),
  ref: z.string(),
  state: z.enum(['pending', 'success', 'failure', 'error', 'superseded']),
  context: z.string(),
  description: z.string(),
  targetUrl: z.string().optional(),
})

function parseReport(text: string): Report {
  const { forge, repo, status } = reportSchema.parse(JSON.parse(text))
  return { forge, repo, status: parseStatus(status) }
}

function parseStatus(value: unknown): CommitStatus {
  const { targetUrl, ...status } = statusSchema.parse(value)
  return { ...status, targetUrl }
}
