import type { Action, Desired } from '../domain/change.ts'
import type { Drift } from '../domain/drift.ts'
import type { StageError } from '../domain/error.ts'
import type { KubeObject } from '../domain/kube-object.ts'
import { whenServed } from './await-kinds.ts'
import { applyKeeping, type Claimed, claimObject } from './claim-object.ts'
import { awaitsKind } from './directive.ts'
import { takenOverNote } from './foreign-owner.ts'
import { ignoredPointers } from './ignored-field.ts'
import { payloadFor, successorOf } from './payload.ts'
import { awaitTerminated, recreationNote, removeForRecreation } from './recreate.ts'
import { removeExtras } from './remove-extras.ts'
import { requireScope } from './require-scope.ts'
import type { PlannedWrite, Target } from './target.ts'
import { tellExtra } from './tell-drift.ts'

export interface Written {
  readonly desired: Desired
  readonly action: Action
  /** The server's answer; undefined when it failed or was skipped. */
  readonly live: KubeObject | undefined
  readonly drift: readonly Drift[]
  readonly error: StageError | undefined
  /** The application that has had it so far. */
  readonly takenFrom?: string | undefined
  /** What else is worth telling. */
  readonly note?: string
}

/** Writes one object as the gate planned it, checking first what the gate could not. */
export async function applyOne(target: Target, planned: PlannedWrite): Promise<Written> {
  const going = planned.predicted ?? planned.live
  if (going?.metadata.deletionTimestamp === undefined) {
    return planned.recreates === undefined ? write(target, planned) : recreate(target, planned)
  }
  await awaitTerminated(target, planned.desired.ref, going)
  return write(target, { ...planned, live: undefined, predicted: undefined })
}

async function recreate(target: Target, planned: PlannedWrite): Promise<Written> {
  const { desired, recreates = '' } = planned
  // Where it is gone already, be it by a try before this one, what the gate saw is the last there was.
  const before = (await removeForRecreation(target, desired.ref)) ?? planned.live
  const ignored = ignoredPointers(target.application.ignore, desired.ref)
  const object =
    before === undefined
      ? desired.object
      : successorOf(desired, before, ignored, target.application.managers)
  const { object: live } = await target.client.apply(object)
  const note = recreationNote(recreates)
  return { desired, action: 'configured', live, drift: [], error: undefined, note }
}

async function write(target: Target, planned: PlannedWrite): Promise<Written> {
  const { desired } = planned
  const ignored = ignoredPointers(target.application.ignore, desired.ref)
  const payload = (live: KubeObject | undefined): KubeObject =>
    payloadFor(desired, live, ignored, target.application.managers)
  const checked =
    planned.predicted === undefined ? await checkNow(target, planned, payload) : planned
  const send = async (): Promise<Claimed> => {
    if (checked.reason === 'new') return claimObject(target, checked, payload)
    if (checked.live !== undefined) return applyKeeping(target, checked, payload)
    const applied = await target.client.apply(payload(undefined))
    return { ...applied, before: undefined, takenFrom: undefined }
  }
  const applied = await (planned.predicted === undefined ? served(target, desired, send) : send())
  const { before, takenFrom } = applied
  const { live, removed } = await removeExtras(target, desired.ref, applied.object, ignored)
  const action = applied.created ? 'created' : sameVersion(live, before ?? checked.predicted)
  const drift = removed.length === 0 ? [] : [tellExtra(desired.ref, removed, target.mask)]
  return {
    desired,
    action,
    live,
    drift: drift.map((item) => ({ ...item, healed: true })),
    error: undefined,
    takenFrom,
    ...noteOf(planned, takenFrom),
  }
}

/** Deferred by the gate: what it needed is there now, so it is checked before it is written. */
async function checkNow(
  target: Target,
  planned: PlannedWrite,
  payload: (live: KubeObject | undefined) => KubeObject,
): Promise<PlannedWrite> {
  const { desired, reason } = planned
  await served(target, desired, () => requireScope(target, desired.ref))
  const known =
    reason === 'changed' && planned.live === undefined
      ? await served(target, desired, () => target.client.get(desired.ref))
      : planned.live
  if (isUncheckable(planned)) return { ...planned, live: known }
  const dryRun = () => target.client.apply(payload(known), { dryRun: true })
  const { object: predicted } = await served(target, desired, dryRun)
  return { ...planned, live: known, predicted }
}

/** The kind may have been defined a moment ago. What a controller is to make is waited for without a place. */
function served<T>(target: Target, { object }: Desired, ask: () => Promise<T>): Promise<T> {
  return awaitsKind(object) ? ask() : whenServed(target, ask)
}

function isUncheckable({ unchecked }: PlannedWrite): boolean {
  return unchecked?.code === 'ADMISSION_NO_DRY_RUN'
}

function noteOf(planned: PlannedWrite, takenFrom: string | undefined): { note?: string } {
  const notes = [
    ...(takenFrom === undefined ? [] : [takenOverNote(takenFrom)]),
    ...(isUncheckable(planned) ? [uncheckedNote(planned.unchecked?.text ?? '')] : []),
  ]
  return notes.length === 0 ? {} : { note: notes.join('; ') }
}

/** For the record of the sync, and for a plan. */
export function uncheckedNote(reason: string): string {
  return `written without a dry-run: ${reason}`
}

function sameVersion(live: KubeObject, before: KubeObject | undefined): Action {
  return live.metadata.resourceVersion === before?.metadata.resourceVersion
    ? 'unchanged'
    : 'configured'
}
