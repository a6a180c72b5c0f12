import type { FieldsV1, ManagedFieldsEntry } from '../domain/kube-object.ts'

/** Whether the set holds the node itself, not only something below it. */
export function ownsNode(node: FieldsV1): boolean {
  return '.' in node || Object.keys(node).length === 0
}

export function unionFields(sets: Iterable<FieldsV1>): FieldsV1 {
  let union: FieldsV1 | undefined
  for (const set of sets) union = union === undefined ? set : mergeTwo(union, set)
  return union ?? {}
}

function mergeTwo(left: FieldsV1, right: FieldsV1): FieldsV1 {
  const merged: Record<string, FieldsV1> = { ...left }
  for (const [key, child] of Object.entries(right)) {
    const other = merged[key]
    merged[key] = other === undefined ? child : mergeTwo(other, child)
  }
  const hasChildren = Object.keys(merged).length > 0
  // A leaf `{}` owns its node; once it gains children only "." can say so.
  if (hasChildren && !('.' in merged) && (isLeaf(left) || isLeaf(right))) merged['.'] = {}
  return merged
}

function isLeaf(node: FieldsV1): boolean {
  return Object.keys(node).length === 0
}

/** Fields of `set` without those for which `drop` says so (and all below them). */
export function withoutFields(
  set: FieldsV1,
  drop: (path: readonly string[]) => boolean,
  path: readonly string[] = [],
): FieldsV1 | undefined {
  if (isLeaf(set)) return set
  const kept: Record<string, FieldsV1> = {}
  for (const [key, child] of Object.entries(set)) {
    const childPath = key === '.' ? path : [...path, key]
    if (key !== '.' && drop(childPath)) continue
    const rest = key === '.' ? child : withoutFields(child, drop, childPath)
    if (rest !== undefined) kept[key] = rest
  }
  return isLeaf(kept) ? undefined : kept
}

/** Fields of `set` for which `keep` says so (and all below them); undefined: none. */
export function onlyFields(
  set: FieldsV1,
  keep: (path: readonly string[]) => boolean,
  path: readonly string[] = [],
): FieldsV1 | undefined {
  const kept = Object.entries(set).flatMap(([key, child]) => {
    if (key === '.') return []
    const childPath = [...path, key]
    const rest = keep(childPath) ? child : onlyFields(child, keep, childPath)
    return rest === undefined ? [] : [[key, rest] as const]
  })
  return kept.length === 0 ? undefined : Object.fromEntries(kept)
}

export function findNode(set: FieldsV1, path: readonly string[]): FieldsV1 | undefined {
  let node: FieldsV1 | undefined = set
  for (const key of path) node = node?.[key]
  return node
}

export function fieldsOf(entries: readonly ManagedFieldsEntry[]): FieldsV1 {
  return unionFields(entries.flatMap((entry) => (entry.fieldsV1 ? [entry.fieldsV1] : [])))
}
