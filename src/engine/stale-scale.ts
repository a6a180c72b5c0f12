import type { AllowedDifference } from '../domain/allowed-difference.ts'
import type { ManagerRule } from '../domain/application.ts'
import type { Desired } from '../domain/change.ts'
import { type KubeObject, type ManagedFieldsEntry, refKey } from '../domain/kube-object.ts'
import { declaresReplicas, findAutoscaled } from './autoscaled.ts'
import { findNode } from './fields-v1.ts'
import { scalersOf, yieldsReplicas } from './payload.ts'
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
  const rules = target.application.managers
  const scaled = desired.filter((item) => {
    const object = live.get(refKey(item.ref))
    return object !== undefined && declaresReplicas(item) && scaledBy(object, rules).length > 0
  })
  if (scaled.length === 0) return live
  const isAutoscaled = await findAutoscaled(target, scaled)
  const ended = new Map(live)
  for (const { ref } of scaled) {
    const object = live.get(refKey(ref))
    if (object !== undefined && !isAutoscaled(ref)) ended.set(refKey(ref), endScale(object, rules))
  }
  return ended
}

/**
 * Whether an autoscaler is gone to which the last look left replicas, which no watch tells. Asks
 * for the autoscalers of a namespace only where an object there was scaled by one.
 */
export async function hasStaleScale(
  target: Target,
  allowed: readonly AllowedDifference[],
): Promise<boolean> {
  const scaled = allowed.filter(
    ({ reason, owner }) => reason === 'scaled' && owner?.manager === scaler,
  )
  if (scaled.length === 0) return false
  const isAutoscaled = await findAutoscaled(target, scaled)
  return scaled.some(({ ref }) => !isAutoscaled(ref))
}

/** Git declares replicas that we once left to an autoscaler which is gone. */
export function isToBeScaledAgain(
  desired: Desired,
  live: KubeObject,
  rules: readonly ManagerRule[],
): boolean {
  const ours = ourEntry(live)?.fieldsV1 ?? {}
  return (
    declaresReplicas(desired) &&
    !yieldsReplicas(live, rules) &&
    findNode(ours, ['f:spec', 'f:replicas']) === undefined
  )
}

/** The entries of an autoscaler, be it there still or not. */
function scaledBy(
  object: KubeObject,
  rules: readonly ManagerRule[],
): readonly ManagedFieldsEntry[] {
  return scalersOf(object, rules).filter(({ manager }) => manager === scaler)
}

function endScale(object: KubeObject, rules: readonly ManagerRule[]): KubeObject {
  const stale = scaledBy(object, rules)
  const managedFields = (object.metadata.managedFields ?? []).map((entry) =>
    stale.includes(entry) ? { ...entry, subresource: '' } : entry,
  )
  return { ...object, metadata: { ...object.metadata, managedFields } }
}
