import type { Applied } from '../cluster/cluster.ts'
import type { KubeObject, ObjectRef } from '../domain/kube-object.ts'
import { actOnFresh } from './act-on-fresh.ts'
import { adoptionPatch } from './adoption.ts'
import type { Target } from './target.ts'

/**
 * Applies an object that is there already and was never ours, taking over what people own of it.
 * `payload` is made anew from each version of the live object.
 */
export async function applyAdopting(
  target: Target,
  ref: ObjectRef,
  live: KubeObject,
  payload: (live: KubeObject) => KubeObject,
): Promise<Applied> {
  const { client } = target
  const owned = await takeOver(target, ref, live)
  const applied = await client.apply(payload(owned))
  // An object without any managedFields gets them by this very apply, as `before-first-apply`,
  // which then owns all its fields, defaults included.
  if (adoptionPatch(applied.object, target.application.managers) === undefined) return applied
  const taken = await takeOver(target, ref, applied.object)
  return client.apply(payload(taken))
}

/** The same of an object that is Landfall's to heal, again where somebody else writes meanwhile. */
export function healAdopting(
  target: Target,
  ref: ObjectRef,
  first: KubeObject,
  payload: (live: KubeObject) => KubeObject,
): Promise<Applied> {
  return actOnFresh(
    target,
    first,
    // Gone by now, its patch says so.
    async () => (await target.client.get(ref)) ?? first,
    (live) => applyAdopting(target, ref, live, payload),
  )
}

async function takeOver(target: Target, ref: ObjectRef, live: KubeObject): Promise<KubeObject> {
  const patch = adoptionPatch(live, target.application.managers)
  return patch === undefined ? live : target.client.patchJson(ref, patch)
}
