import { createByteCache } from '../domain/byte-cache.ts'
import type { Inventory, InventoryEntry } from '../domain/inventory.ts'
import type { SyncRecord } from '../domain/sync.ts'
import { decodeEntries, inOrder } from './inventory-data.ts'
import { decodeHistory } from './sync-history.ts'

/** Remembers what inventories say by their very text: mostly they are read as they were written. */
export interface InventoryMemory {
  decode(
    packed: string,
    history: string,
  ): {
    readonly entries: readonly InventoryEntry[] | undefined
    readonly history: readonly SyncRecord[]
  }
  /** These texts were written for this. */
  learn(packed: string, history: string, written: Inventory): void
}

const cacheBytes = 8 * 1024 * 1024

export function createInventoryMemory(): InventoryMemory {
  const entries = createByteCache<readonly InventoryEntry[]>(cacheBytes)
  const histories = createByteCache<readonly SyncRecord[]>(cacheBytes)
  return {
    decode(packed, history) {
      const known = entries.get(packed) ?? decodeEntries(packed)
      if (known !== undefined) entries.set(packed, known, packed.length)
      const records = histories.get(history) ?? decodeHistory(history)
      histories.set(history, records, history.length)
      return { entries: known, history: records }
    },
    learn(packed, history, written) {
      entries.set(packed, inOrder(written.entries), packed.length)
      histories.set(history, written.history, history.length)
    },
  }
}
