import type { JsonPatchOperation } from '../cluster/cluster.ts'
import { StageError } from '../domain/error.ts'
import type { KubeObject, ObjectRef } from '../domain/kube-object.ts'
import type { ExtraField } from './extra-fields.ts'
import { parsePointer } from './json-pointer.ts'
import type { Target } from './target.ts'
import { extraFieldsOf } from './verdict.ts'

const attempts = 5

/**
 * Removes what people added by hand, in one write guarded by the resourceVersion that was looked
 * at: nothing is removed from an object that changed meanwhile without looking again. `removed`
 * is empty when the server put the same values back as defaults.
 */
export async function removeExtras(
  target: Target,
  ref: ObjectRef,
  live: KubeObject,
  ignored: readonly string[],
): Promise<{ live: KubeObject; removed: readonly ExtraField[] }> {
  let current = live
  for (let attempt = 1; ; attempt += 1) {
    const extras = extraFieldsOf(current, ignored, target.application.managers)
    if (extras.length === 0) return { live: current, removed: [] }
    try {
      const patched = await target.client.patchJson(ref, removalPatch(current, extras))
      const changed = patched.metadata.resourceVersion !== current.metadata.resourceVersion
      return { live: patched, removed: changed ? extras : [] }
    } catch (error) {
      const isStale = error instanceof StageError && error.code === 'OBJECT_CONFLICT'
      if (!isStale || attempt === attempts) throw error
    }
    const fresh = await target.client.get(ref)
    if (fresh === undefined) return { live: current, removed: [] }
    current = fresh
  }
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
