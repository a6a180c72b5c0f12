import type { JsonPatchOperation } from '../cluster/cluster.ts'
import type { ManagerRule } from '../domain/application.ts'
import type { KubeObject, ManagedFieldsEntry } from '../domain/kube-object.ts'
import { type ClassedEntry, classEntries } from './classed-entries.ts'
import { onlyFields, unionFields, withoutFields } from './fields-v1.ts'
import { fieldManager, isOurApply } from './manager-class.ts'
import { isProtectedField } from './protected-field.ts'

/**
 * Moves what people own of an object into Landfall's own entry, so that the next apply removes
 * what Git does not declare and lets defaults come back. Protected fields stay with their owner.
 * Guarded by the resourceVersion of `live`. undefined: there is nothing to move.
 */
export function adoptionPatch(
  live: KubeObject,
  rules: readonly ManagerRule[],
): readonly JsonPatchOperation[] | undefined {
  const entries = live.metadata.managedFields ?? []
  const parts = classEntries(live, rules)
  const moved = parts.filter(isMovable(live.apiVersion))
  if (moved.length === 0) return undefined
  const own = entries.find(isOurApply)
  const union = unionFields(
    [own, ...moved.map(({ entry }) => entry)].flatMap((entry) => entry?.fieldsV1 ?? []),
  )
  const adopted = withoutFields(union, isProtectedField)
  if (adopted === undefined) return undefined
  const kept = entries.flatMap((whole) => {
    if (whole === own) return []
    const left = parts
      .filter((part) => part.whole === whole)
      .flatMap((part) => (moved.includes(part) ? keepProtected(part.entry) : [part.entry]))
    return merge(left)
  })
  const ours: ManagedFieldsEntry = {
    manager: fieldManager,
    operation: 'Apply',
    apiVersion: live.apiVersion,
    fieldsType: 'FieldsV1',
    fieldsV1: adopted,
  }
  return [
    { op: 'replace', path: '/metadata/managedFields', value: [...kept, ours] },
    { op: 'replace', path: '/metadata/resourceVersion', value: live.metadata.resourceVersion },
  ]
}

function isMovable(apiVersion: string): (part: ClassedEntry) => boolean {
  return ({ class: owner, entry }) =>
    owner === 'human' &&
    (entry.subresource ?? '') === '' &&
    entry.apiVersion === apiVersion &&
    entry.fieldsV1 !== undefined
}

/** Parts of one entry become one again: of two of the same manager the server keeps the last. */
function merge(parts: readonly ManagedFieldsEntry[]): readonly ManagedFieldsEntry[] {
  const [first, second] = parts
  if (first === undefined || second === undefined) return parts
  return [{ ...first, fieldsV1: unionFields(parts.flatMap((part) => part.fieldsV1 ?? [])) }]
}

function keepProtected(entry: ManagedFieldsEntry): ManagedFieldsEntry[] {
  const fieldsV1 = onlyFields(entry.fieldsV1 ?? {}, isProtectedField)
  return fieldsV1 === undefined ? [] : [{ ...entry, fieldsV1 }]
}
