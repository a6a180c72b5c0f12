import type { JsonPatchOperation } from '../cluster/cluster.ts'
import type { KubeObject, ObjectRef } from '../domain/kube-object.ts'
import { actOnFresh } from './act-on-fresh.ts'
import { toPointer } from './json-pointer.ts'
import { fieldManager } from './manager-class.ts'
import { partOfLabel } from './place-objects.ts'
import { readExisting } from './read-existing.ts'
import type { InventoryTarget } from './target.ts'

/** released: it is nobody's now · gone: it was not there · foreign: it was not ours any more. */
export type Released = 'released' | 'gone' | 'foreign'

/**
 * Lets go of an object: takes Landfall's label and its ownership of fields off it, in one patch
 * guarded by the version that was read, and leaves everything else as it is.
 */
export async function releaseObject(target: InventoryTarget, ref: ObjectRef): Promise<Released> {
  const look = () => readExisting(target, ref)
  return actOnFresh(target, await look(), look, async (live): Promise<Released> => {
    if (live === undefined) return 'gone'
    if (live.metadata.labels?.[partOfLabel] !== target.partOf) return 'foreign'
    await target.client.patchJson(ref, releasePatch(live))
    return 'released'
  })
}

export function releasePatch(live: KubeObject): readonly JsonPatchOperation[] {
  const others = (live.metadata.managedFields ?? []).filter(
    ({ manager }) => manager !== fieldManager,
  )
  return [
    { op: 'replace', path: '/metadata/resourceVersion', value: live.metadata.resourceVersion },
    { op: 'remove', path: toPointer(['metadata', 'labels', partOfLabel]) },
    // An empty list would be taken for "leave it": one empty entry is how the API says none.
    {
      op: 'replace',
      path: '/metadata/managedFields',
      value: others.length === 0 ? [{}] : others,
    },
  ]
}
