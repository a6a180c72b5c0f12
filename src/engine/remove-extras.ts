import type { JsonPatchOperation } from '../cluster/cluster.ts'
import type { KubeObject, ObjectRef } from '../domain/kube-object.ts'
import { actOnFresh } from './act-on-fresh.ts'
import type { ExtraField } from './extra-fields.ts'
import { parsePointer } from './json-pointer.ts'
import type { Target } from './target.ts'
import { extraFieldsOf } from './verdict.ts'

export interface Removal {
  readonly live: KubeObject
  /** Empty when the server put the same values back as defaults. */
  readonly removed: readonly ExtraField[]
}

/**
 * Removes what people added by hand, in one write guarded by the resourceVersion that was looked
 * at: nothing is removed from an object that changed meanwhile without looking again.
 */
export function removeExtras(
  target: Target,
  ref: ObjectRef,
  first: KubeObject,
  ignored: readonly string[],
): Promise<Removal> {
  let live = first
  const look = async () => {
    const found = await target.client.get(ref)
    live = found ?? live
    return found
  }
  return actOnFresh<KubeObject | undefined, Removal>(target, first, look, async (seen) => {
    if (seen === undefined) return { live, removed: [] }
    const extras = extraFieldsOf(seen, ignored, target.application.managers)
    if (extras.length === 0) return { live: seen, removed: [] }
    const patched = await target.client.patchJson(ref, removalPatch(seen, extras))
    const changed = patched.metadata.resourceVersion !== seen.metadata.resourceVersion
    return { live: patched, removed: changed ? extras : [] }
  })
}

export function removalPatch(
  live: KubeObject,
  extras: readonly ExtraField[],
): readonly JsonPatchOperation[] {
  const pointers = extras.map((extra) => extra.pointer).toSorted(laterFirst)
  return [
    { op: 'replace', path: '/metadata/resourceVersion', value: live.metadata.resourceVersion },
    ...pointers.map((path) => ({ op: 'remove' as const, path })),
  ]
}

/** Highest index and deepest path first: a removal must not move what later ones point at. */
function laterFirst(a: string, b: string): number {
  const left = parsePointer(a)
  const right = parsePointer(b)
  for (const [index, segment] of left.entries()) {
    const other = right[index]
    if (other === undefined) return -1
    if (segment === other) continue
    return indexIn(other) - indexIn(segment) || (segment < other ? 1 : -1)
  }
  return right.length > left.length ? 1 : 0
}

/** -1 for a name: an order of all segments must not depend on which two are compared. */
function indexIn(segment: string): number {
  return /^\d{1,9}$/.test(segment) ? Number(segment) : -1
}
