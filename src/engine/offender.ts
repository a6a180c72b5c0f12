import type { Offender } from '../domain/drift.ts'
import type { FieldsV1, KubeObject, ManagedFieldsEntry } from '../domain/kube-object.ts'
import { ownsNode } from './fields-v1.ts'
import { isOurApply } from './manager-class.ts'
import { resolveField } from './resolve-field.ts'
import { ourEntry } from './seal.ts'

/**
 * Who last wrote the field at this JSON pointer of the live object, as managedFields tell. null
 * where nobody does: Kubernetes records no author of a deletion or of a removed field.
 */
export function offenderOf(live: KubeObject, pointer: string): Offender | null {
  const owners = (live.metadata.managedFields ?? []).filter(
    (entry) =>
      !isOurApply(entry) &&
      entry.fieldsV1 !== undefined &&
      ownedPointers(live, entry.fieldsV1, []).some((owned) => overlaps(owned, pointer)),
  )
  const newest = owners.toSorted((a, b) => (b.time ?? '').localeCompare(a.time ?? ''))[0]
  return newest === undefined ? null : toOffender(newest)
}

/** Whether Git declares the field at this JSON pointer, as our own entry tells after an apply. */
export function isDeclared(applied: KubeObject, pointer: string): boolean {
  return isDeclaredIn(applied)(pointer)
}

/** The same for many fields of one object: what Git declares is looked up once. */
export function isDeclaredIn(applied: KubeObject): (pointer: string) => boolean {
  const fields = ourEntry(applied)?.fieldsV1
  const declared = fields === undefined ? [] : ownedPointers(applied, fields, [])
  return (pointer) => declared.some((own) => overlaps(own, pointer))
}

export function toOffender(entry: ManagedFieldsEntry): Offender {
  return {
    manager: entry.manager ?? 'unknown',
    operation: entry.operation ?? 'Update',
    time: entry.time,
  }
}

function ownedPointers(live: KubeObject, node: FieldsV1, path: readonly string[]): string[] {
  const own = path.length > 0 && ownsNode(node) && Object.keys(node).length === 0
  const here = own ? resolveField(live, path) : undefined
  const below = Object.entries(node).flatMap(([key, child]) =>
    key === '.' ? [] : ownedPointers(live, child, [...path, key]),
  )
  return here === undefined ? below : [here, ...below]
}

function overlaps(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`)
}
