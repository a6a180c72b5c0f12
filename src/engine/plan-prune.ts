import type { Inventory, InventoryEntry } from '../domain/inventory.ts'
import { findInherited, type Inherited } from './heirs.ts'
import { decidePrune, type PruneDecision } from './prune-policy.ts'
import type { Target } from './target.ts'

/** What becomes of the objects in the inventory that Git no longer has. */
export interface Leaving {
  readonly prune: PruneDecision
  /** They are no deletion, however many they are. */
  readonly inherited: readonly Inherited[]
}

export async function planLeaving(
  target: Target,
  {
    removed,
    ...input
  }: {
    readonly removed: readonly InventoryEntry[]
    readonly inventory: Inventory
    /** How many objects Git declares now. */
    readonly declared: number
    readonly allowed: boolean
  },
): Promise<Leaving> {
  const inherited = await findInherited(target, removed)
  const moved = new Set(inherited.map(({ entry }) => entry))
  const isOwn = (entry: InventoryEntry): boolean => !moved.has(entry)
  const prune = decidePrune({
    inventory: input.inventory.entries.filter(isOwn),
    removed: removed.filter(isOwn),
    declared: input.declared,
    enabled: target.application.sync.prune,
    allowed: input.allowed,
  })
  return { prune, inherited }
}

/** What Git has of them is not known: another commit than the tip is healed. */
export function keepAll(kept: readonly InventoryEntry[]): Leaving {
  return {
    prune: kept.length === 0 ? { kind: 'none' } : { kind: 'postponed', kept },
    inherited: [],
  }
}

export function prunes({ prune }: Leaving): boolean {
  return prune.kind === 'prune' && prune.entries.length > 0
}
