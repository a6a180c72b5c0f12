import type { ManagerRule } from '../domain/application.ts'
import type { FieldsV1, KubeObject, ManagedFieldsEntry } from '../domain/kube-object.ts'
import { type ClassedEntry, classEntries } from './classed-entries.ts'
import { fieldsOf, findNode, ownsNode } from './fields-v1.ts'
import { parsePointer, valueAt } from './json-pointer.ts'
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
 * Protected fields (replicas, nodePorts, finalizers, restartedAt …) and those that `isIgnored` (by
 * their JSON pointer) never count, nor does a node that holds one. The rules say who else is a person.
 */
export function findExtraFields(
  live: KubeObject,
  isIgnored: (pointer: string) => boolean = () => false,
  rules: readonly ManagerRule[] = [],
): ExtraField[] {
  const parts = classEntries(live, rules)
  return fieldsOnlyOf(live, {
    theirs: mainEntries(parts.filter((part) => part.class === 'human')),
    others: parts.flatMap((part) => (part.class === 'human' ? [] : [part.entry])),
    isIgnored,
  })
}

/** The fields of which controllers, and not Landfall, own something; the status is none of them. */
export function findControllerFields(
  live: KubeObject,
  rules: readonly ManagerRule[],
): ExtraField[] {
  const parts = classEntries(live, rules)
  return fieldsOnlyOf(live, {
    theirs: mainEntries(parts.filter((part) => part.class === 'controller')),
    others: parts.flatMap((part) => (part.class === 'ours' ? [part.entry] : [])),
    isIgnored: () => false,
  })
}

function mainEntries(parts: readonly ClassedEntry[]): ManagedFieldsEntry[] {
  return parts.flatMap(({ entry }) => ((entry.subresource ?? '') === '' ? [entry] : []))
}

function fieldsOnlyOf(
  live: KubeObject,
  {
    theirs,
    others,
    isIgnored,
  }: {
    readonly theirs: readonly ManagedFieldsEntry[]
    readonly others: readonly ManagedFieldsEntry[]
    readonly isIgnored: (pointer: string) => boolean
  },
): ExtraField[] {
  if (theirs.length === 0) return []
  const isKept = (path: readonly string[]): boolean => {
    if (isProtectedField(path)) return true
    const pointer = resolveField(live, path)
    return pointer !== undefined && isIgnored(pointer)
  }
  const paths = collect({ theirs: fieldsOf(theirs), others: fieldsOf(others) }, [], isKept)
  return paths.flatMap((path) => {
    const pointer = resolveField(live, path)
    const owner = newestOwner(theirs, path)
    return pointer === undefined || owner === undefined
      ? []
      : [{ pointer, value: valueAt(live, parsePointer(pointer)), owner }]
  })
}

type IsKept = (path: readonly string[]) => boolean

function collect(
  { theirs, others }: { theirs: FieldsV1; others: FieldsV1 | undefined },
  path: readonly string[],
  isKept: IsKept,
): (readonly string[])[] {
  return Object.entries(theirs).flatMap(([key, child]) => {
    if (key === '.') return []
    const childPath = [...path, key]
    const shared = others?.[key]
    if (isKept(childPath) || isKeyField(path.at(-1), key)) return []
    const mayTakeWhole =
      shared === undefined && ownsNode(child) && !holdsKept(child, childPath, isKept)
    return mayTakeWhole
      ? [childPath]
      : collect({ theirs: child, others: shared }, childPath, isKept)
  })
}

function holdsKept(node: FieldsV1, path: readonly string[], isKept: IsKept): boolean {
  return Object.entries(node).some(
    ([key, child]) =>
      key !== '.' && (isKept([...path, key]) || holdsKept(child, [...path, key], isKept)),
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
