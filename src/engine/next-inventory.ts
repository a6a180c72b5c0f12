import type { Desired } from '../domain/change.ts'
import type { Inventory, InventoryEntry } from '../domain/inventory.ts'
import { bareRef, type KubeObject, refKey } from '../domain/kube-object.ts'
import type { SyncRecord } from '../domain/sync.ts'
import { baselineOf } from './verdict.ts'

const historyLimit = 20

/**
 * Written before the first write: all that was ours and all that will be. Whoever takes over after
 * a crash knows of every object that may have been created.
 */
export function fenceInventory(
  inventory: Inventory,
  toWrite: readonly Desired[],
  syncId: string,
): Inventory {
  const known = new Set(inventory.entries.map(refKey))
  const added = toWrite.filter((desired) => !known.has(refKey(desired.ref))).map(unconfirmed)
  return { ...inventory, entries: [...inventory.entries, ...added], syncId }
}

/** A write that has begun and was not confirmed. */
export function unconfirmed(desired: Desired): InventoryEntry {
  return {
    ...bareRef(desired.ref),
    uid: '',
    hash: '',
    seal: '',
    generation: 0,
    resourceVersion: '',
  }
}

/** An object as the answer to its write showed it. */
export function confirmed(desired: Desired, live: KubeObject): InventoryEntry {
  return { ...bareRef(desired.ref), ...baselineOf(live), hash: desired.hash }
}

export function withRecord(inventory: Inventory, record: SyncRecord): Inventory {
  const others = inventory.history.filter((row) => row.id !== record.id)
  return { ...inventory, history: [record, ...others].slice(0, historyLimit) }
}
