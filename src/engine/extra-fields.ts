import type { FieldsV1, KubeObject, ManagedFieldsEntry } from '../domain/kube-object.ts'
import { fieldsOf, findNode, ownsNode } from './fields-v1.ts'
import { parsePointer, valueAt } from './json-pointer.ts'
import { classifyManager } from './manager-class.ts'
import { isProtectedField } from './protected-field.ts'
import { resolveField } from './resolve-field.ts'

/** A field only a person owns: not declared by Git, set by no controller. */
export interface ExtraField {
  /** JSON pointer in the object it was found in. */
  readonly pointer: string
  readonly value: unknown
  readonly owner: ManagedFieldsEntry
}

/**
 * The fields that people added by hand, from `metadata.managedFields` alone: owned by a human
 * manager, with nothing at or below them owned by Landfall, a controller or another deployer.
 * Protected fields (replicas, nodePorts, finalizers, restartedAt …) never count.
 */
export function findExtraFields(live: KubeObject): ExtraField[] {
  const entries = live.metadata.managedFields ?? []
  const people = entries.filter(
    (entry) => classifyManager(entry) === 'human' && (entry.subresource ?? '') === '',
  )
  if (people.length === 0) return []
  const others = fieldsOf(entries.filter((entry) => classifyManager(entry) !== 'human'))
  const paths = collect(fieldsOf(people), others, [])
  return paths.flatMap((path) => {
    const pointer = resolveField(live, path)
    const owner = newestOwner(people, path)
    return pointer === undefined || owner === undefined
      ? []
      : [{ pointer, value: valueAt(live, parsePointer(pointer)), owner }]
  })
}

function collect(
  theirs: FieldsV1,
  others: FieldsV1 | undefined,
  path: readonly string[],
): (readonly string[])[] {
  return Object.entries(theirs).flatMap(([key, child]) => {
    if (key === '.') return []
    const childPath = [...path, key]
    const shared = others?.[key]
    if (isProtectedField(childPath) || isKeyField(path.at(-1), key)) return []
    const mayTakeWhole =
      shared === undefined && ownsNode(child) && !holdsProtected(child, childPath)
    return mayTakeWhole ? [childPath] : collect(child, shared, childPath)
  })
}

function holdsProtected(node: FieldsV1, path: readonly string[]): boolean {
  return Object.entries(node).some(
    ([key, child]) =>
      key !== '.' && (isProtectedField([...path, key]) || holdsProtected(child, [...path, key])),
  )
}

/** `f:name` below `k:{"name":…}`: without it the list item has no identity. */
function isKeyField(parent: string | undefined, key: string): boolean {
  if (parent?.startsWith('k:') !== true) return false
  return Object.hasOwn(JSON.parse(parent.slice(2)) as object, key.slice(2))
}

/** Of the entries that own something at or below the path, the one that wrote last. */
function newestOwner(
  entries: readonly ManagedFieldsEntry[],
  path: readonly string[],
): ManagedFieldsEntry | undefined {
  return entries
    .filter((entry) => entry.fieldsV1 !== undefined && findNode(entry.fieldsV1, path) !== undefined)
    .toSorted((a, b) => (b.time ?? '').localeCompare(a.time ?? ''))[0]
}
