import type { SyncRecord } from '../domain/sync.ts'
import type { KeptWitnessRecord } from '../domain/witness-record.ts'
import type { WitnessedObject } from '../domain/witnessed-object.ts'

/** What is known of applications and their syncs. Throws QUEUE_UNAVAILABLE. */
export interface RecordReader {
  /** Every configured application, in the configuration's order. */
  applications(): Promise<readonly ApplicationView[]>
  /** undefined: no such application is configured. */
  application(name: string): Promise<ApplicationView | undefined>
  /** Not configured (any more), with an inventory in a cluster. */
  unconfigured(): Promise<readonly { readonly name: string; readonly cluster: string }[]>
  /** Newest first. */
  syncs(application: string): Promise<readonly SyncRecord[]>
  sync(id: string): Promise<SyncRecord | undefined>
  /** The newest shells that touched its pods, newest first. */
  shells(application: string): Promise<readonly KeptWitnessRecord[]>
  /** What was done to that object; newest first. */
  witnessed(object: WitnessedObject): Promise<readonly KeptWitnessRecord[]>
}

/** An application as it is answered: its status, or little more than the name before a first sync. */
export interface ApplicationView {
  readonly name: string
}
