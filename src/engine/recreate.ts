import type { RemoveOptions } from '../cluster/cluster.ts'
import type { Desired } from '../domain/change.ts'
import { asStageError, StageError } from '../domain/error.ts'
import { describeRef, groupKind, type KubeObject, type ObjectRef } from '../domain/kube-object.ts'
import { actOnFresh } from './act-on-fresh.ts'
import { awaitGone } from './await-gone.ts'
import { readDirectives } from './directive.ts'
import { partOfLabel } from './place-objects.ts'
import { probeObject, withRealName } from './probe-object.ts'
import { ourEntry } from './seal.ts'
import type { PlannedWrite, Target } from './target.ts'

const goneWithinMs = 60_000

// With these go other people's objects, or data.
const never = [
  'Namespace',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'CustomResourceDefinition.apiextensions.k8s.io',
]

/** Why an object is not deleted and made anew where a field of it cannot be changed; undefined: it is. */
function refusesRecreation({ ref, object }: Desired): string | undefined {
  if (never.includes(groupKind(ref))) {
    return `a ${ref.kind} is never deleted for that; take the change back, or give the new one another name`
  }
  if (readDirectives(object).force === 'recreate') return undefined
  return 'take the change back, or annotate the object with landfall.dev/force: recreate to have it deleted and made anew'
}

/**
 * Plans to delete an object and make it anew, since a field of it cannot be changed. Only one that is
 * ours, that asks for it, and that the server would accept as a new one. Throws otherwise.
 */
export async function planRecreation(
  target: Target,
  planned: PlannedWrite,
  failure: StageError,
): Promise<PlannedWrite> {
  const { desired } = planned
  const refusal = refusesRecreation(desired)
  if (refusal !== undefined) throw refused(failure, refusal)
  const live = planned.live ?? (await target.client.get(desired.ref))
  if (live === undefined) return { ...planned, predicted: undefined }
  if (!isOurs(target, live)) {
    throw refused(failure, 'it was not made by this application and is not deleted')
  }
  const probe = probeObject(desired.object, live)
  if (probe === undefined) throw refused(failure, 'delete it by hand')
  await target.client.apply(probe, { dryRun: true }).catch((error: unknown) => {
    throw withRealName(asStageError(error), { ref: desired.ref, object: probe })
  })
  return { ...planned, live, predicted: undefined, recreates: failure.text }
}

function refused(failure: StageError, reason: string): StageError {
  const { code, subjects } = failure
  return new StageError(code, `${failure.text}; ${reason}`, { subjects, cause: failure })
}

function isOurs({ partOf }: Target, live: KubeObject): boolean {
  return live.metadata.labels?.[partOfLabel] === partOf && ourEntry(live) !== undefined
}

/**
 * Deletes the object and waits until it is gone. Gives it as it was last; undefined: it was not there.
 * Throws PLAN_OWNED_BY_OTHER where it is not, or no longer, ours.
 */
export async function removeForRecreation(
  target: Target,
  ref: ObjectRef,
): Promise<KubeObject | undefined> {
  const look = () => target.client.get(ref)
  return actOnFresh(target, await look(), look, async (live) => {
    if (live === undefined) return undefined
    if (!isOurs(target, live)) {
      const text = `${describeRef(ref)} was to be deleted and made anew, and has become somebody else's meanwhile; remove it there, or from ${target.application.name}`
      // Planned anew it may be one to adopt.
      throw new StageError('PLAN_OWNED_BY_OTHER', text, { retry: { kind: 'backoff' } })
    }
    const { uid = '', resourceVersion } = live.metadata
    await target.client.remove(ref, { uid, resourceVersion, propagation: propagationOf(ref) })
    await awaitGone(target, ref, { uid, withinMs: goneWithinMs })
    return live
  })
}

/** One that somebody is deleting is waited for: what is written onto it goes with it. */
export async function awaitTerminated(
  target: Target,
  ref: ObjectRef,
  live: KubeObject | undefined,
): Promise<void> {
  if (live?.metadata.deletionTimestamp === undefined) return
  await awaitGone(target, ref, { uid: live.metadata.uid ?? '', withinMs: goneWithinMs })
}

// A Job's pods end before its successor's begin; a StatefulSet's pods stay, and the new one takes
// them over.
function propagationOf(ref: ObjectRef): RemoveOptions['propagation'] {
  if (ref.group === 'batch' && ref.kind === 'Job') return 'Foreground'
  return ref.group === 'apps' && ref.kind === 'StatefulSet' ? 'Orphan' : 'Background'
}

/** For the record of the sync. */
export function recreationNote(reason: string): string {
  return `deleted and made anew: ${reason}`
}
