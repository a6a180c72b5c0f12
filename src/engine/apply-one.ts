import type { Action, Desired } from '../domain/change.ts'
import type { Drift } from '../domain/drift.ts'
import type { StageError } from '../domain/error.ts'
import type { KubeObject } from '../domain/kube-object.ts'
import { whenServed } from './await-kinds.ts'
import { applyKeeping, type Claimed, claimObject } from './claim-object.ts'
import { takenOverNote } from './foreign-owner.ts'
import { ignoredPointers } from './ignored-field.ts'
import { payloadFor, successorOf } from './payload.ts'
import { awaitTerminated, recreationNote, removeForRecreation } from './recreate.ts'
import { removeExtras } from './remove-extras.ts'
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

async function write(target: Target, write: PlannedWrite): Promise<Written> {
  const { desired } = write
  const ignored = ignoredPointers(target.application.ignore, desired.ref)
  const payload = (live: KubeObject | undefined): KubeObject =>
    payloadFor(desired, live, ignored, target.application.managers)
  const send = <T>(ask: () => Promise<T>): Promise<T> =>
    write.predicted === undefined ? whenServed(target, ask) : ask()
  const apply = (options?: { dryRun: boolean }) => target.client.apply(payload(write.live), options)
  // Deferred by the gate: what it needed is there now, so it is checked before it is written.
  const predicted = write.predicted ?? (await send(() => apply({ dryRun: true }))).object
  const applied = await send(async (): Promise<Claimed> => {
    if (write.reason === 'new') return claimObject(target, write, payload)
    if (write.live !== undefined) return applyKeeping(target, write, payload)
    return { ...(await apply()), before: undefined, takenFrom: undefined }
  })
  const { before, takenFrom } = applied
  const { live, removed } = await removeExtras(target, desired.ref, applied.object, ignored)
  const action = applied.created ? 'created' : sameVersion(live, before ?? predicted)
  const drift = removed.length === 0 ? [] : [tellExtra(desired.ref, removed, target.mask)]
  return {
    desired,
    action,
    live,
    drift: drift.map((item) => ({ ...item, healed: true })),
    error: undefined,
    takenFrom,
    ...(takenFrom !== undefined && { note: takenOverNote(takenFrom) }),
  }
}

function sameVersion(live: KubeObject, before: KubeObject): Action {
  return live.metadata.resourceVersion === before.metadata.resourceVersion
    ? 'unchanged'
    : 'configured'
}
