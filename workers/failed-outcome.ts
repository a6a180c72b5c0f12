import type { Begun, HeldBack } from '../src/domain/application-record.ts'
import type { ApplicationStatus } from '../src/domain/application-status.ts'
import type { StageError } from '../src/domain/error.ts'
import type { SyncRecord } from '../src/domain/sync.ts'
import type { SyncOutcome, SyncProgress } from '../src/domain/sync-request.ts'

interface Failed {
  readonly id: string
  readonly application: string
  readonly trigger: Begun['trigger']
  /** ISO 8601. */
  readonly startedAt: string
  readonly finishedAt: string
  readonly failure: StageError
  /** What the sync told before it was lost. */
  readonly progress: SyncProgress | undefined
  readonly failedRevision: string | undefined
  readonly heldBack: HeldBack | undefined
}

/** The outcome of a sync that gave none: it hung, or ended its worker. */
export function failedOutcome(failed: Failed): SyncOutcome {
  const { failure, progress } = failed
  const { code, stage, text, subjects, retry } = failure
  const record: SyncRecord = {
    ...(progress?.record ?? emptyRecord(failed)),
    phase: 'Failed',
    message: text,
    finishedAt: failed.finishedAt,
    failure: { code, stage, text, subjects },
  }
  return {
    record,
    touched: progress?.touched ?? false,
    quiet: false,
    status: bareStatus(record),
    retry: retry.kind === 'never' ? undefined : retry,
    failedRevision: failed.failedRevision,
    heldBack: failed.heldBack,
  }
}

/** What a sync that saw nothing of its application tells of it. */
export function bareStatus(record: SyncRecord): ApplicationStatus {
  return {
    name: record.application,
    syncStatus: 'Unknown',
    health: 'Unknown',
    revision: undefined,
    phase: record.phase,
    message: record.message,
    failure: record.failure,
    objects: [],
    drift: [],
    warnings: record.warnings,
    syncId: record.id,
    observedAt: record.finishedAt ?? record.startedAt,
  }
}

function emptyRecord({ id, application, trigger, startedAt }: Failed): SyncRecord {
  return {
    id,
    application,
    trigger,
    phase: 'Running',
    message: '',
    revision: undefined,
    author: undefined,
    subject: undefined,
    committedAt: undefined,
    startedAt,
    finishedAt: undefined,
    stages: {},
    counts: {},
    changes: [],
    drift: [],
    health: 'Unknown',
    failure: undefined,
    warnings: [],
  }
}
