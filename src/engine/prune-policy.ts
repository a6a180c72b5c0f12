import type { InventoryEntry } from '../domain/inventory.ts'
import { describeRef, groupKind, type KubeObject } from '../domain/kube-object.ts'
import { readDirectives } from './directive.ts'
import { isOurApply } from './manager-class.ts'
import { partOfLabel } from './place-objects.ts'

/** What is in the inventory and no longer in Git, and whether it may go. */
export type PruneDecision =
  | { readonly kind: 'none' }
  | { readonly kind: 'disabled'; readonly kept: readonly InventoryEntry[] }
  /** Another commit than the tip is healed: what Git has of them is not known. */
  | { readonly kind: 'postponed'; readonly kept: readonly InventoryEntry[] }
  | { readonly kind: 'refused'; readonly reason: string; readonly kept: readonly InventoryEntry[] }
  | {
      readonly kind: 'prune'
      readonly entries: readonly InventoryEntry[]
      /** Kinds that hold other people's data: they go only when the commit says so. */
      readonly kept: readonly InventoryEntry[]
    }

/** A commit message trailer by which a person allows what these guards refuse. */
const pruneTrailer = 'Landfall-Allow-Prune: true'

const precious = [
  'Namespace',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'CustomResourceDefinition.apiextensions.k8s.io',
]

/** With it goes other people's data. */
export function isPrecious(entry: InventoryEntry): boolean {
  return precious.includes(groupKind(entry))
}

const massFloor = 10
const massShare = 0.3

export function decidePrune(input: {
  readonly inventory: readonly InventoryEntry[]
  readonly removed: readonly InventoryEntry[]
  /** How many objects Git declares now. */
  readonly declared: number
  readonly enabled: boolean
  readonly allowed: boolean
}): PruneDecision {
  const { inventory, removed, declared, enabled, allowed } = input
  if (removed.length === 0) return { kind: 'none' }
  if (!enabled) return { kind: 'disabled', kept: removed }
  if (allowed) return { kind: 'prune', entries: removed, kept: [] }
  const howTo = `if that is what you want, commit again with the line "${pruneTrailer}" at the end of the message`
  if (declared === 0) {
    return {
      kind: 'refused',
      reason: `Git no longer has any of the ${count(inventory.length)} of this application; nothing was deleted; ${howTo}`,
      kept: removed,
    }
  }
  if (removed.length > Math.max(massFloor, inventory.length * massShare)) {
    return {
      kind: 'refused',
      reason: `Git no longer has ${removed.length} of ${count(inventory.length)}; nothing was deleted; ${howTo}`,
      kept: removed,
    }
  }
  const kept = removed.filter(isPrecious)
  return { kind: 'prune', entries: removed.filter((entry) => !kept.includes(entry)), kept }
}

function count(n: number): string {
  return n === 1 ? '1 object' : `${n} objects`
}

export function keptReason(entry: InventoryEntry): string {
  return `${describeRef(entry)} is no longer in Git but kept: a ${entry.kind} takes other data with it; delete it by hand, or commit with the line "${pruneTrailer}" at the end of the message`
}

const protectedNamespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease']

export type Pruning =
  | { readonly kind: 'delete'; readonly uid: string }
  | { readonly kind: 'gone' }
  /** It is not, or no longer, ours to delete: Landfall lets go of it. */
  | { readonly kind: 'abandon'; readonly reason: string }

/** The last look before a delete, at the live object: labels alone prove nothing. */
export function judgePruning(
  entry: InventoryEntry,
  live: KubeObject | undefined,
  context: { readonly partOf: string; readonly written: ReadonlySet<string> },
): Pruning {
  if (live === undefined) return { kind: 'gone' }
  const uid = live.metadata.uid ?? ''
  const reason = reasonToAbandon(entry, live, context)
  return reason === undefined ? { kind: 'delete', uid } : { kind: 'abandon', reason }
}

function reasonToAbandon(
  entry: InventoryEntry,
  live: KubeObject,
  { partOf, written }: { readonly partOf: string; readonly written: ReadonlySet<string> },
): string | undefined {
  const { metadata } = live
  const isProtected = live.kind === 'Namespace' && protectedNamespaces.includes(metadata.name)
  const isControlled = metadata.ownerReferences?.some((owner) => owner.controller === true)
  const reasons: readonly [boolean, string][] = [
    [entry.uid !== '' && metadata.uid !== entry.uid, 'somebody else made it anew'],
    [metadata.labels?.[partOfLabel] !== partOf, 'it no longer carries our label'],
    [metadata.managedFields?.some(isOurApply) !== true, 'none of its fields are ours'],
    [isControlled === true, 'a controller owns it'],
    [written.has(metadata.uid ?? ''), 'it was just applied under another API group'],
    [!readDirectives(live).prune, 'an annotation on it forbids pruning'],
    [isProtected, 'it is a namespace of Kubernetes itself'],
  ]
  return reasons.find(([holds]) => holds)?.[1]
}
