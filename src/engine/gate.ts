import type { Desired } from '../domain/change.ts'
import { asStageError, type ErrorSubject, StageError } from '../domain/error.ts'
import type { InventoryEntry } from '../domain/inventory.ts'
import { type KubeObject, refKey } from '../domain/kube-object.ts'
import { subjectOf } from './allow-list.ts'
import { declaresReplicas, findAutoscaled, type IsAutoscaled } from './autoscaled.ts'
import { isDeferrable } from './deferral.ts'
import { awaitsKind, readDirectives } from './directive.ts'
import { refuseForeign } from './foreign-owner.ts'
import { dryRunFreeing } from './half-owned.ts'
import { ignoredPointers } from './ignored-field.ts'
import { mapInFlight, requestsInFlight } from './in-flight.ts'
import { payloadFor } from './payload.ts'
import { defines, partOfLabel } from './place-objects.ts'
import { withRealName } from './probe-object.ts'
import { planRecreation } from './recreate.ts'
import { ourEntry } from './seal.ts'
import type { PlannedWrite, Target } from './target.ts'
import { isServedBy } from './webhook-backend.ts'

const placesTold = 5

export interface Candidate {
  readonly desired: Desired
  readonly entry: InventoryEntry | undefined
  /** Known already when the cluster was listed. */
  readonly live: KubeObject | undefined
  /** Of a hook: what the sync brings before it is run. undefined: all that the sync brings. */
  readonly coming?: readonly Desired[]
}

/**
 * Dry-runs every object that is to be written, in parallel, before the first write. Throws
 * PLAN_REJECTED (or PLAN_OWNED_BY_OTHER) with all that failed; a failure that may pass, such as an
 * unreachable server, is thrown as it is. Objects that the server may accept once others of the same
 * sync are written (`coming`), or whose webhook is served by the application itself (`desired`), have
 * no `predicted`: they are checked right before they are written. So are those whose webhook cannot
 * be asked, but for the check.
 */
export async function passGate(
  target: Target,
  candidates: readonly Candidate[],
  {
    coming,
    desired,
    scaled,
  }: {
    /** What the sync is about to write, or to make again. */
    readonly coming: readonly Desired[]
    readonly desired: readonly Desired[]
    /** `refKey` of objects that the last look found scaled, by whatever controller. */
    readonly scaled: ReadonlySet<string>
  },
): Promise<PlannedWrite[]> {
  const own = candidates.map((candidate) => candidate.desired)
  const autoscaled = await findAutoscaled(target, own.filter(declaresReplicas))
  const isScaled: IsAutoscaled = (ref) => scaled.has(refKey(ref)) || autoscaled(ref)
  const check = async (candidate: Candidate): Promise<PlannedWrite | Failure> => {
    try {
      const context = { autoscaled: isScaled, coming: candidate.coming ?? coming, desired }
      return await checkOne(target, candidate, context)
    } catch (error) {
      return { failure: withRealName(asStageError(error), candidate.desired), candidate }
    }
  }
  const results = await mapInFlight(candidates, requestsInFlight, check)
  const failures = results.flatMap((result) => ('failure' in result ? [result] : []))
  if (failures.length > 0) throw rejection(failures)
  return results.flatMap((result) => ('failure' in result ? [] : [result]))
}

interface Failure {
  readonly failure: StageError
  readonly candidate: Candidate
}

function rejection(failures: readonly Failure[]): StageError {
  const final = failures.filter(({ failure }) => failure.retry.kind === 'never')
  const first = final[0]
  if (first === undefined) return asStageError(failures[0]?.failure)
  const subjects = final.map(({ failure, candidate }) => ({
    ...subjectOf(candidate.desired),
    message: failure.text,
  }))
  const code = final.every(({ failure }) => failure.code === 'PLAN_OWNED_BY_OTHER')
    ? 'PLAN_OWNED_BY_OTHER'
    : 'PLAN_REJECTED'
  const text = `${introduce(subjects)}: ${first.failure.text}`
  return new StageError(code, text, { subjects, cause: first.failure })
}

/** Where all of them stand comes first: a commit status has room for little more. */
function introduce(subjects: readonly ErrorSubject[]): string {
  if (subjects.length === 1) return 'dry-run'
  const places = subjects.slice(0, placesTold).map(({ file = '', line = 1 }) => `${file}:${line}`)
  const more = subjects.length > placesTold ? ` and ${subjects.length - placesTold} more` : ''
  return `dry-run of ${subjects.length} objects failed at ${places.join(', ')}${more}`
}

interface GateContext {
  readonly autoscaled: IsAutoscaled
  readonly coming: readonly Desired[]
  /** The whole application. */
  readonly desired: readonly Desired[]
}

async function checkOne(
  target: Target,
  candidate: Candidate,
  context: GateContext,
): Promise<PlannedWrite> {
  const { desired, entry } = candidate
  const planned = { desired, entry, reason: entry === undefined ? 'new' : 'changed' } as const
  if (await lacksKind(target, desired, context.coming)) {
    return { ...planned, live: undefined, predicted: undefined }
  }
  const isOnce = entry === undefined && readDirectives(desired.object).sync === 'if-not-present'
  const isAutoscaled = context.autoscaled(desired.ref)
  const live = await readWhere(target, candidate, isOnce || isAutoscaled)
  if (isOnce && live !== undefined && !isOwn(target, live)) {
    return { ...planned, reason: 'present', live, predicted: undefined }
  }
  return dryRun(target, { ...planned, live, predicted: undefined }, context)
}

async function dryRun(
  target: Target,
  planned: PlannedWrite,
  context: GateContext,
): Promise<PlannedWrite> {
  const { desired, live } = planned
  const ignored = ignoredPointers(target.application.ignore, desired.ref)
  try {
    const payload = payloadFor(desired, live, ignored, target.application.managers)
    const { object: predicted, created } = await dryRunFreeing(target, desired, live, () =>
      target.client.apply(payload, { dryRun: true }),
    )
    if (planned.reason === 'changed' || created) return { ...planned, predicted }
    return { ...planned, ...(await readOwnable(target, desired, live)), predicted }
  } catch (error) {
    const failure = asStageError(error)
    if (failure.code === 'OBJECT_IMMUTABLE') return planRecreation(target, planned, failure)
    if (!isLater(failure, desired, context)) throw error
    if (planned.reason === 'changed' || live === undefined)
      return { ...planned, unchecked: failure }
    return { ...planned, takenFrom: await refuseForeign(target, live), unchecked: failure }
  }
}

/** Whether it is checked when its turn comes, or cannot be. */
function isLater(failure: StageError, desired: Desired, context: GateContext): boolean {
  return (
    failure.code === 'ADMISSION_NO_DRY_RUN' ||
    isDeferrable(failure, desired, context.coming) ||
    isServedBy(context.desired, failure)
  )
}

async function lacksKind(
  target: Target,
  { ref, object }: Desired,
  coming: readonly Desired[],
): Promise<boolean> {
  if (!awaitsKind(object) && !coming.some((one) => defines(one.object, ref))) return false
  return (await target.cluster.discovery.find(ref)) === undefined
}

/** What the payload depends on: a field that is ignored, unstable or scaled by somebody keeps its value. */
async function readWhere(
  target: Target,
  { desired, live }: Candidate,
  isNeeded: boolean,
): Promise<KubeObject | undefined> {
  const { ignore, managers } = target.application
  const mayBeScaled =
    declaresReplicas(desired) && managers.some((one) => one.class === 'controller')
  const hasRules = mayBeScaled || ignoredPointers(ignore, desired.ref).length > 0
  const isKept = desired.unstable !== undefined
  return live === undefined && (isNeeded || hasRules || isKept)
    ? target.client.get(desired.ref)
    : live
}

/** Made by a sync of this application that ended before it could say so. */
function isOwn(target: Target, live: KubeObject): boolean {
  return live.metadata.labels?.[partOfLabel] === target.partOf && ourEntry(live) !== undefined
}

/** An object that was there before us, unless it is somebody else's. */
async function readOwnable(
  target: Target,
  { ref }: Desired,
  known: KubeObject | undefined,
): Promise<Pick<PlannedWrite, 'live' | 'takenFrom'>> {
  const live = known ?? (await target.client.get(ref))
  return { live, takenFrom: live === undefined ? undefined : await refuseForeign(target, live) }
}
