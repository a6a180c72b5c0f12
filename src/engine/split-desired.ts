import type { Desired } from '../domain/change.ts'
import type { Inventory, InventoryEntry } from '../domain/inventory.ts'
import { refKey } from '../domain/kube-object.ts'
import { readDirectives } from './directive.ts'

export interface Split {
  /** In Git, not in the inventory (or a write of it was never confirmed). */
  readonly added: readonly Desired[]
  /** In both, and Git says something else than what was last applied. */
  readonly changed: readonly { readonly desired: Desired; readonly entry: InventoryEntry }[]
  /** In both, the same as last applied, or to be left alone once it is there. */
  readonly kept: readonly { readonly desired: Desired; readonly entry: InventoryEntry }[]
  /** As a later commit left it, which failed: not undone, and not compared with this one. */
  readonly ahead: readonly { readonly desired: Desired; readonly entry: InventoryEntry }[]
  /** In the inventory, no longer in Git. */
  readonly removed: readonly InventoryEntry[]
  /** Annotated `landfall.dev/sync: ignore`: neither written nor compared nor pruned. */
  readonly ignored: readonly Desired[]
}

/**
 * What Git wants against what was last applied: no request, no look at the cluster. `isHealOnly`:
 * the desired objects are those of the last applied commit, which need not be what was written last.
 */
export function splitDesired(
  desired: readonly Desired[],
  inventory: Inventory,
  { isHealOnly } = { isHealOnly: false },
): Split {
  const entries = new Map(inventory.entries.map((entry) => [refKey(entry), entry]))
  const added: Desired[] = []
  const changed: { desired: Desired; entry: InventoryEntry }[] = []
  const kept: { desired: Desired; entry: InventoryEntry }[] = []
  const ahead: { desired: Desired; entry: InventoryEntry }[] = []
  const ignored: Desired[] = []
  for (const item of desired) {
    const entry = entries.get(refKey(item.ref))
    entries.delete(refKey(item.ref))
    const { sync } = readDirectives(item.object)
    if (sync === 'ignore') ignored.push(item)
    else if (entry === undefined || entry.hash === '') added.push(item)
    else if (sync !== 'if-not-present' && differs(item, entry)) {
      const different = isHealOnly ? ahead : changed
      different.push({ desired: item, entry })
    } else kept.push({ desired: item, entry })
  }
  return { added, changed, kept, ahead, removed: [...entries.values()], ignored }
}

function differs(desired: Desired, entry: InventoryEntry): boolean {
  return entry.hash !== desired.hash || entry.version !== desired.ref.version
}
