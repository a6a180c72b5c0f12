import type { JsonPatchOperation } from '../cluster/cluster.ts'
import type { FieldsV1, KubeObject, ManagedFieldsEntry } from '../domain/kube-object.ts'
import { unionFields, withoutFields } from './fields-v1.ts'
import { classifyManager, fieldManager, isOurApply } from './manager-class.ts'
import { isProtectedField } from './protected-field.ts'

/**
 * Moves what people own of an object into Landfall's own entry, so that the next apply removes
 * what Git does not declare and lets defaults come back. Protected fields stay with their owner.
 * Guarded by the resourceVersion of `live`. undefined: there is nothing to move.
 */
export function adoptionPatch(live: KubeObject): readonly JsonPatchOperation[] | undefined {
  const entries = live.metadata.managedFields ?? []
  const moved = entries.filter(isMovable(live.apiVersion))
  if (moved.length === 0) return undefined
  const own = entries.find(isOurApply)
  const union = unionFields(
    [own, ...moved].flatMap((entry) => (entry?.fieldsV1 === undefined ? [] : [entry.fieldsV1])),
  )
  const adopted = withoutFields(union, isProtectedField)
  if (adopted === undefined) return undefined
  const kept = entries.flatMap((entry) => {
    if (entry === own) return []
    return moved.includes(entry) ? keepProtected(entry) : [entry]
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

function isMovable(apiVersion: string): (entry: ManagedFieldsEntry) => boolean {
  return (entry) =>
    classifyManager(entry) === 'human' &&
    (entry.subresource ?? '') === '' &&
    entry.apiVersion === apiVersion &&
    entry.fieldsV1 !== undefined
}

function keepProtected(entry: ManagedFieldsEntry): ManagedFieldsEntry[] {
  const fieldsV1 = onlyProtected(entry.fieldsV1 ?? {}, [])
  return fieldsV1 === undefined ? [] : [{ ...entry, fieldsV1 }]
}

function onlyProtected(set: FieldsV1, path: readonly string[]): FieldsV1 | undefined {
  const kept = Object.entries(set).flatMap(([key, child]) => {
    const childPath = [...path, key]
    const rest = isProtectedField(childPath) ? child : onlyProtected(child, childPath)
    return rest === undefined ? [] : [[key, rest] as const]
  })
  return kept.length === 0 ? undefined : Object.fromEntries(kept)
}
