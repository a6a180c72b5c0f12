import type { Applied } from '../cluster/cluster.ts'
import type { Action, Desired } from '../domain/change.ts'
import type { Drift } from '../domain/drift.ts'
import type { StageError } from '../domain/error.ts'
import type { KubeObject } from '../domain/kube-object.ts'
import { applyAdopting } from './adopt-object.ts'
import { whenServed } from './await-kinds.ts'
import { ignoredPointers } from './ignored-field.ts'
import { payloadFor, successorOf } from './payload.ts'
import { awaitTerminated, recreationNote, removeForRecreation } from './recreate.ts'
import { removeExtras } from './remove-extras.ts'
import { ourEntry } from './seal.ts'
import type { PlannedWrite, Target } from './target.ts'
import { tellExtra } from './tell-drift.ts'

export interface Written {
  readonly desired: Desired
  readonly action: Action
  /** The server's answer; undefined when it failed or was skipped. */
  readonly live: KubeObject | undefined
  readonly drift: readonly Drift[]
  readonly error: StageError | undefined
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
  const { desired, live: before, recreates = '' } = planned
  if (before !== undefined) await removeForRecreation(target, desired.ref, before)
  const ignored = ignoredPointers(target.application.ignore, desired.ref)
  const object = before === undefined ? desired.object : successorOf(desired, before, ignored)
  const { object: live } = await target.client.apply(object)
  const note = recreationNote(recreates)
  return { desired, action: 'configured', live, drift: [], error: undefined, note }
}

async function write(target: Target, write: PlannedWrite): Promise<Written> {
  const { desired, reason } = write
  const { client } = target
  const ignored = ignoredPointers(target.application.ignore, desired.ref)
  const before = write.live
  const isThere = before !== undefined && reason === 'new'
  const payload = (live: KubeObject | undefined): KubeObject => payloadFor(desired, live, ignored)
  const apply = (options?: { dryRun: boolean }): Promise<Applied> =>
    write.predicted === undefined
      ? whenServed(target, () => client.apply(payload(before), options))
      : client.apply(payload(before), options)
  // Deferred by the gate: what it needed is there now, so it is checked before it is written.
  const predicted = write.predicted ?? (await apply({ dryRun: true })).object
  const { object: applied, created } =
    isThere && ourEntry(before) === undefined
      ? await applyAdopting(target, desired.ref, before, payload)
      : await apply()
  const { live, removed } = await removeExtras(target, desired.ref, applied, ignored)
  const action = created ? 'created' : sameVersion(live, before ?? predicted)
  const drift = removed.length === 0 ? [] : [tellExtra(desired.ref, removed, target.mask)]
  return {
    desired,
    action,
    live,
    drift: drift.map((item) => ({ ...item, healed: true })),
    error: undefined,
  }
}

function sameVersion(live: KubeObject, before: KubeObject): Action {
  return live.metadata.resourceVersion === before.metadata.resourceVersion
    ? 'unchanged'
    : 'configured'
}
