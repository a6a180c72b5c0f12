import { isSameAllowed } from '../domain/allowed-difference.ts'
import type { ApplicationStatus, ObjectStatus } from '../domain/application-status.ts'
import type { Desired } from '../domain/change.ts'
import { describeSync } from '../domain/describe-sync.ts'
import type { Drift } from '../domain/drift.ts'
import { StageError } from '../domain/error.ts'
import { type ObjectRef, refKey } from '../domain/kube-object.ts'
import { redactStrings } from '../domain/redact-strings.ts'
import { shortSha } from '../domain/revision.ts'
import type { Phase, SyncRecord, SyncStatus } from '../domain/sync.ts'
import type { SyncOutcome } from '../domain/sync-request.ts'
import type { Reconciled } from './reconcile.ts'
import type { Settled } from './settle.ts'
import type { Run } from './sync-run.ts'

export interface Conclusion {
  readonly desired: readonly Desired[]
  readonly reconciled: Reconciled
  readonly settled: Settled
}

// A forge may announce a commit seconds before it serves it.
const staleRetriesMs = [1_000, 2_000, 4_000, 8_000, 15_000]
const unhealableRetryMs = 2_000

/** The outcome of a sync that came through: all, or all that could be done. */
export function concludeSync(run: Run, { desired, reconciled, settled }: Conclusion): SyncOutcome {
  const { journal, memory } = run
  journal.health = settled.health
  // Remembered for longer than this sync's redactor knows what to mask.
  memory.objects = redactStrings(settled.objects, run.redactor.redact)
  const failure = reconciled.failure ?? settled.failure
  const syncStatus = reconciled.isSuperseded ? 'OutOfSync' : syncStatusOf(run, failure)
  const phase = phaseOf({ reconciled, settled }, failure)
  const outcome = toOutcome(run, { phase, failure, syncStatus })
  const declared = new Map(
    desired.map(({ ref, origin, unstable = [] }) => [refKey(ref), { origin, unstable }]),
  )
  return { ...outcome, declared, right: reconciled.right, takenFrom: reconciled.takenFrom }
}

function phaseOf(
  { reconciled, settled }: Pick<Conclusion, 'reconciled' | 'settled'>,
  failure: StageError | undefined,
): Ending['phase'] {
  if (reconciled.isSuperseded || settled.isSuperseded) return 'Superseded'
  return failure === undefined ? 'Succeeded' : 'Failed'
}

/** The outcome of a sync that could not go on. */
export function concludeFailure(run: Run, failure: StageError): SyncOutcome {
  return toOutcome(run, { phase: 'Failed', failure, syncStatus: 'OutOfSync' })
}

function syncStatusOf(run: Run, failure: StageError | undefined): SyncStatus {
  const isHealthOnly = failure === undefined || failure.stage === 'health'
  const isRight = isHealthOnly && run.journal.drift.every((drift) => drift.healed)
  return isRight && run.chosen?.heldBack === undefined ? 'Synced' : 'OutOfSync'
}

interface Ending {
  readonly phase: Exclude<Phase, 'Running'>
  readonly failure: StageError | undefined
  readonly syncStatus: SyncStatus
}

function toOutcome(run: Run, { phase, failure, syncStatus }: Ending): SyncOutcome {
  const { journal, request, chosen } = run
  const told = journal.record(phase, '', failure)
  const record = journal.record(phase, messageOf(run, told), failure)
  const isKnownFailure = isRepeated(run, failure)
  return {
    record,
    touched: run.isTouched,
    status: statusOf(run, record, syncStatus),
    quiet: isQuiet(run, record) && (failure === undefined || isKnownFailure),
    retry: retryOf(run, failure),
    heldBack: run.heldBack,
    failedRevision:
      failure?.retry.kind === 'never' && chosen?.heldBack === undefined
        ? (journal.revision?.sha ?? request.failedRevision)
        : keptFailure(run),
  }
}

function messageOf(run: Run, told: SyncRecord): string {
  if (told.phase === 'Superseded') return 'superseded by a newer commit'
  const { heldBack, revision } = run.chosen ?? {}
  const text = describeSync(told)
  return heldBack === undefined || revision === undefined
    ? text
    : `${heldBack.text}; keeping ${shortSha(revision.sha)}: ${text}`
}

function isQuiet(run: Run, record: SyncRecord): boolean {
  const changed = record.changes.some(
    (change) => change.action !== 'skipped' && change.action !== 'unchanged',
  )
  const isAsked = run.request.trigger === 'manual'
  const isNews = changed || isAsked || run.isTouched || !isKnownAllowed(run, record)
  return !isNews && !hasDriftEnded(run, record) && record.drift.every(isKnownDrift(run))
}

/** What was only reported, and somebody has undone. */
function hasDriftEnded({ inventory }: Run, record: SyncRecord): boolean {
  const told = new Set(record.drift.map(({ ref }) => refKey(ref)))
  const before = inventory.history[0]?.drift ?? []
  return before.some(({ ref, healed }) => !healed && !told.has(refKey(ref)))
}

function isKnownAllowed({ inventory }: Run, { allowed = [] }: SyncRecord): boolean {
  return isSameAllowed(inventory.history[0]?.allowed ?? [], allowed)
}

/** Drift that is only reported, and was in the last record already, is no news. */
function isKnownDrift(run: Run): (drift: Drift) => boolean {
  const before = run.inventory.history[0]?.drift ?? []
  return (drift) => !drift.healed && before.some((known) => known.message === drift.message)
}

function isRepeated(run: Run, failure: StageError | undefined): boolean {
  const last = run.inventory.history[0]?.failure
  return last !== undefined && last.code === failure?.code && last.text === failure.text
}

/** A failed tip stays failed while a sweep or a drift job heals the commit before it. */
function keptFailure(run: Run): string | undefined {
  const { request, chosen } = run
  const isOtherCommit = chosen === undefined || chosen.heldBack !== undefined || !request.fetch
  return isOtherCommit ? request.failedRevision : undefined
}

function retryOf(run: Run, failure: StageError | undefined): SyncOutcome['retry'] {
  if (failure !== undefined) return failure.retry.kind === 'never' ? undefined : failure.retry
  const staleMs = run.chosen?.isStale === true ? staleRetriesMs[run.request.attempts] : undefined
  if (staleMs !== undefined) return { kind: 'after', ms: staleMs }
  const canHeal = run.application.sync.drift === 'heal'
  return canHeal && run.journal.drift.some((drift) => !drift.healed && drift.contended !== true)
    ? { kind: 'after', ms: unhealableRetryMs }
    : undefined
}

function statusOf(run: Run, record: SyncRecord, syncStatus: SyncStatus): ApplicationStatus {
  const { application, inventory, memory } = run
  return {
    name: application.name,
    syncStatus,
    health: record.health,
    revision: syncStatus === 'Synced' ? record.revision : inventory.revision,
    phase: record.phase,
    message: record.message,
    failure: record.failure,
    objects: redactStrings(withActions(memory.objects ?? [], record), run.redactor.redact),
    drift: record.drift.map(spellOut),
    allowed: (record.allowed ?? []).map(spellOut),
    warnings: record.warnings,
    syncId: record.id,
    observedAt: record.finishedAt ?? record.startedAt,
  }
}

function spellOut<T extends { readonly ref: ObjectRef }>({ ref, ...rest }: T) {
  const { kind, namespace, name } = ref
  return { kind, namespace, name, ...rest }
}

function withActions(objects: readonly ObjectStatus[], record: SyncRecord): ObjectStatus[] {
  return objects.map((object) => {
    const change = record.changes.find(
      ({ ref }) =>
        ref.kind === object.kind && ref.namespace === object.namespace && ref.name === object.name,
    )
    return change === undefined ? object : { ...object, action: change.action }
  })
}
