import type { Desired } from '../domain/change.ts'
import { type KubeObject, refKey } from '../domain/kube-object.ts'
import { declaresReplicas, findAutoscaled } from './autoscaled.ts'
import { findNode } from './fields-v1.ts'
import { isControllerScale, yieldsReplicas } from './payload.ts'
import { ourEntry } from './seal.ts'
import type { Target } from './target.ts'

// Who scales for every HorizontalPodAutoscaler.
const scaler = 'kube-controller-manager'

/**
 * A HorizontalPodAutoscaler that was deleted stays the owner of the replicas in managedFields. Gives
 * the objects with that ownership as any other controller's, so that they are Git's again. Asks
 * for the autoscalers of a namespace only where an object there was scaled by one.
 */
export async function endStaleScales(
  target: Target,
  desired: readonly Desired[],
  live: ReadonlyMap<string, KubeObject>,
): Promise<ReadonlyMap<string, KubeObject>> {
  const scaled = desired.filter((item) => {
    const object = live.get(refKey(item.ref))
    return object !== undefined && declaresReplicas(item) && isScaledByAutoscaler(object)
  })
  if (scaled.length === 0) return live
  const isAutoscaled = await findAutoscaled(target, scaled)
  const ended = new Map(live)
  for (const { ref } of scaled) {
    const object = live.get(refKey(ref))
    if (object !== undefined && !isAutoscaled(ref)) ended.set(refKey(ref), endScale(object))
  }
  return ended
}

/** Git declares replicas that we once left to an autoscaler which is gone. */
export function isToBeScaledAgain(desired: Desired, live: KubeObject): boolean {
  const ours = ourEntry(live)?.fieldsV1 ?? {}
  return (
    declaresReplicas(desired) &&
    !yieldsReplicas(live) &&
    findNode(ours, ['f:spec', 'f:replicas']) === undefined
  )
}

function isScaledByAutoscaler(object: KubeObject): boolean {
  return (object.metadata.managedFields ?? []).some(
    (entry) => entry.manager === scaler && isControllerScale(entry),
  )
}

function endScale(object: KubeObject): KubeObject {
  const managedFields = (object.metadata.managedFields ?? []).map((entry) =>
    entry.manager === scaler && isControllerScale(entry) ? { ...entry, subresource: '' } : entry,
  )
  return { ...object, metadata: { ...object.metadata, managedFields } }
}
