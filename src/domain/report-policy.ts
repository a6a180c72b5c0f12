import type { Application } from './application.ts'
import type { Paused } from './application-record.ts'
import type { CommitState, CommitStatus } from './commit-status.ts'
import type { ErrorCode } from './error.ts'
import { shortSha } from './revision.ts'
import type { SyncFailure, SyncRecord } from './sync.ts'
import type { SyncOutcome, SyncProgress } from './sync-request.ts'
import { isUrgent } from './wanted.ts'

/** Retries of one commit that its forge sees as pending before it sees an error. */
const quietRetries = 5

interface ReportContext {
  readonly application: Application
  /** Without a trailing slash; undefined: statuses carry no link. */
  readonly publicUrl: string | undefined
}

/** The status of a commit whose sync begins; undefined: its forge is not told. */
export function pendingStatus(
  context: ReportContext,
  { record, touched }: SyncProgress,
): CommitStatus | undefined {
  return isReported(context.application, record, touched)
    ? toStatus(context, record, 'pending', 'syncing')
    : undefined
}

/**
 * The status of a commit whose sync ended; undefined: its forge is not told. A superseded one gets
 * its status when the commit that supersedes it is known.
 */
export function finalStatus(
  context: ReportContext,
  { record, touched, retry }: SyncOutcome,
  attempts: number,
): CommitStatus | undefined {
  const isHeld = record.phase === 'Superseded' || record.phase === 'Running'
  if (isHeld || !isReported(context.application, record, touched)) return undefined
  const { failure, message } = record
  if (failure === undefined) return toStatus(context, record, 'success', message)
  return retry !== undefined && attempts < quietRetries
    ? toStatus(context, record, 'pending', `trying again: ${message}`)
    : toStatus(context, record, failureState(failure), message)
}

export function supersededStatus(pending: CommitStatus, by: string): CommitStatus {
  return { ...pending, state: 'superseded', description: `superseded by ${shortSha(by)}` }
}

/** The status of a commit that waits because somebody paused its application. */
export function pausedStatus(
  application: Application,
  { sha, touched }: { readonly sha: string; readonly touched: boolean },
  { by }: Paused,
): CommitStatus | undefined {
  const { statuses } = application.report
  if (statuses === 'never' || (statuses === 'changed' && !touched)) return undefined
  return {
    ...statusBase(application, sha),
    state: 'pending',
    description: `paused by ${by}; deploys after: landfall resume ${application.name}`,
    targetUrl: undefined,
  }
}

export function isFinal(state: CommitState): boolean {
  return state !== 'pending'
}

function isReported({ forge, report }: Application, record: SyncRecord, touched: boolean): boolean {
  if (forge === undefined || record.revision === undefined) return false
  switch (report.statuses) {
    case 'never':
      return false
    case 'changed':
      return touched
    case 'always':
      return touched || isUrgent(record.trigger)
  }
}

function toStatus(
  { application, publicUrl }: ReportContext,
  record: SyncRecord,
  state: CommitState,
  description: string,
): CommitStatus {
  return {
    ...statusBase(application, record.revision ?? ''),
    state,
    description,
    targetUrl: publicUrl === undefined ? undefined : `${publicUrl}/syncs/${record.id}`,
  }
}

function statusBase({ name, branch }: Application, sha: string) {
  return { sha, ref: `refs/heads/${branch}`, context: `landfall/${name}` }
}

const commitCodes: readonly ErrorCode[] = [
  'OBJECT_INVALID',
  'OBJECT_IMMUTABLE',
  'ADMISSION_DENIED',
  'PRE_SYNC_FAILED',
  'SOURCE_PATH_GONE',
  'SOURCE_NOT_FAST_FORWARD',
]

/** failure: the commit is at fault, its author can mend it; error: what it met on the way is. */
function failureState({ stage, code }: SyncFailure): 'failure' | 'error' {
  const isCommit =
    ['render', 'plan', 'prune', 'health'].includes(stage) || commitCodes.includes(code)
  return isCommit && code !== 'INVENTORY_UNREADABLE' ? 'failure' : 'error'
}
