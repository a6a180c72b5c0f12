import type { Application } from '../src/domain/application.ts'
import type { Begun, Paused } from '../src/domain/application-record.ts'
import type { CommitStatus } from '../src/domain/commit-status.ts'
import type { Redact } from '../src/domain/redact.ts'
import {
  finalStatus,
  pausedStatus,
  pendingStatus,
  supersededStatus,
} from '../src/domain/report-policy.ts'
import type { SyncRecord } from '../src/domain/sync.ts'
import type { SyncOutcome, SyncProgress } from '../src/domain/sync-request.ts'
import { isUrgent } from '../src/domain/wanted.ts'
import type { Reports } from '../src/queue/reports.ts'

interface ReporterDeps {
  readonly reports: Reports
  readonly publicUrl: string | undefined
  readonly redact: Redact
  /** Whether statuses can be sent to that forge at all. */
  readonly canReport: (forge: string) => boolean
}

/** Which sync speaks. */
interface Speaker {
  readonly application: Application
  readonly begun: Begun
  /** Commit that was deployed before it; undefined: not known. */
  readonly before: string | undefined
}

/** The commit that a paused application does not get. */
export interface Tip {
  readonly sha: string
  /** Whether it changes the application. */
  readonly touched: boolean
}

/** Hands what syncs have to say to the report queue; whether a forge listens never matters here. */
export interface SyncReporter {
  began(speaker: Speaker, progress: SyncProgress): Promise<void>
  ended(speaker: Speaker, outcome: SyncOutcome): Promise<void>
  paused(application: Application, tip: Tip, paused: Paused, sequence: number): Promise<void>
  /** `text` says why the commit that is pending, if any, is not tried again. */
  quarantined(application: Application, text: string, sequence: number): Promise<void>
}

export function createSyncReporter(deps: ReporterDeps): SyncReporter {
  const { reports, publicUrl, redact, canReport } = deps
  const submit = async (
    application: Application,
    status: CommitStatus | undefined,
    order: { readonly sequence: number; readonly mayReopen: boolean },
  ) => {
    const { forge, name, repo } = application
    if (status === undefined || forge === undefined || !canReport(forge)) return
    const redacted = { ...status, description: redact(status.description) }
    await reports.submit({ application: name, forge, repo, status: redacted, ...order })
  }

  const supersede = async ({ application, begun, before }: Speaker, record: SyncRecord) => {
    const pending = await reports.pendingOf(application.name)
    if (pending === undefined || !isNewer(record, pending, begun, before)) return
    const status = supersededStatus(pending, record.revision ?? '')
    await submit(application, status, { sequence: begun.sequence, mayReopen: false })
  }

  // Redis may have lost how the sync ended that deployed it, and remember that it began.
  const isOwed = async ({ name }: Application, { record }: SyncOutcome) => {
    if (record.phase !== 'Succeeded') return false
    const pending = await reports.pendingOf(name)
    return pending !== undefined && pending.sha === record.revision
  }

  return {
    async began(speaker, progress) {
      const { application, begun } = speaker
      await supersede(speaker, progress.record)
      await submit(application, pendingStatus({ application, publicUrl }, progress), {
        sequence: begun.sequence,
        mayReopen: isUrgent(begun.trigger) && begun.attempts === 0,
      })
    },

    async ended(speaker, outcome) {
      const { application, begun } = speaker
      await supersede(speaker, outcome.record)
      const told = { ...outcome, touched: outcome.touched || (await isOwed(application, outcome)) }
      // A quiet sync has no page of its own.
      const context = { application, publicUrl: outcome.quiet ? undefined : publicUrl }
      const status = finalStatus(context, told, begun.attempts)
      await submit(application, status, { sequence: begun.sequence, mayReopen: false })
    },

    async paused(application, tip, paused, sequence) {
      const status = pausedStatus(application, tip, paused)
      await submit(application, status, { sequence, mayReopen: true })
    },

    async quarantined(application, text, sequence) {
      const pending = await reports.pendingOf(application.name)
      if (pending === undefined) return
      const status = { ...pending, state: 'error', description: text } as const
      await submit(application, status, { sequence, mayReopen: false })
    },
  }
}

/** A sync of what was deployed before, heals only: the pending commit is still to come. */
function isNewer(
  { revision }: SyncRecord,
  pending: CommitStatus,
  { trigger }: Begun,
  before: string | undefined,
): boolean {
  if (revision === undefined || revision === pending.sha) return false
  return isUrgent(trigger) || (trigger === 'sweep' && revision !== before)
}
