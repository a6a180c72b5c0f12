import type { Paused } from './application-record.ts'
import type { ObjectRef } from './kube-object.ts'
import type { SyncRecord } from './sync.ts'

/**
 * One object Landfall put into the cluster, with what the response of its last apply said: enough
 * to tell later, from metadata alone, whether anybody touched a field that Git declares.
 */
export interface InventoryEntry extends ObjectRef {
  /** '' in a fence: it will be written, its uid is not known yet. */
  readonly uid: string
  /** Hash of the Desired that was applied; '' when that apply has not been confirmed. */
  readonly hash: string
  /** Hash of the fieldsV1 of our own Apply entry. */
  readonly seal: string
  readonly generation: number
  readonly resourceVersion: string
}

/** What one application owns in its cluster, as its ConfigMap `landfall-<application>` tells. */
export interface Inventory {
  /** undefined: it does not exist yet. */
  readonly resourceVersion: string | undefined
  readonly entries: readonly InventoryEntry[]
  /** Commit whose objects were last applied as a whole. */
  readonly revision: string | undefined
  /** The sync that wrote last. */
  readonly syncId: string | undefined
  /** Newest first, at most 20. */
  readonly history: readonly SyncRecord[]
  /** Somebody paused the application: kept here as well, since Redis may lose it. */
  readonly paused: Paused | undefined
}

export const emptyInventory: Inventory = {
  resourceVersion: undefined,
  entries: [],
  revision: undefined,
  syncId: undefined,
  history: [],
  paused: undefined,
}
