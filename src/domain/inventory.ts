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

/** What is left of a hook's last run: enough to clean it up, and not to run it again for nothing. */
export interface HookEntry extends ObjectRef {
  /** Its name in Git, which differs from `name` where that one was generated. */
  readonly declared: string
  /** '' where the run has not got that far. */
  readonly uid: string
  /** Of the Desired that was run. */
  readonly hash: string
  /** Id of the sync. */
  readonly run: string
  /** idle: that sync had no use for it. */
  readonly outcome: 'begun' | 'idle' | 'succeeded' | 'failed'
}

/** What one application owns in its cluster, as its ConfigMap `landfall-<application>` tells. */
export interface Inventory {
  /** undefined: it does not exist yet. */
  readonly resourceVersion: string | undefined
  readonly entries: readonly InventoryEntry[]
  readonly hooks: readonly HookEntry[]
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
  hooks: [],
  revision: undefined,
  syncId: undefined,
  history: [],
  paused: undefined,
}
