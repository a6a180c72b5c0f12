import type { Cluster, ObjectClient } from '../cluster/cluster.ts'
import type { Application } from '../domain/application.ts'
import type { Desired } from '../domain/change.ts'
import type { StageError } from '../domain/error.ts'
import type { InventoryEntry } from '../domain/inventory.ts'
import type { KubeObject } from '../domain/kube-object.ts'
import type { MaskField } from './mask-secret.ts'
import type { Neighbours } from './neighbours.ts'

/** One application in its cluster, as one sync sees it. */
export interface Target {
  readonly application: Application
  readonly cluster: Cluster
  /** Touches the application's objects, as its ServiceAccount when it has one. */
  readonly client: ObjectClient
  /** Landfall's own identity. As `client`, it asks nothing more once the signal has aborted. */
  readonly own: ObjectClient
  /** Value of the label that marks the application's objects. */
  readonly partOf: string
  readonly mask: MaskField
  readonly neighbours: Neighbours
  readonly signal: AbortSignal
}

/** What is needed to act on what an inventory lists, whether its application is configured or not. */
export interface InventoryTarget
  extends Pick<Target, 'cluster' | 'client' | 'own' | 'partOf' | 'signal'> {
  readonly application: Pick<Application, 'name' | 'serviceAccount'>
}

/** An object to be written because Git has it and the inventory does not, or not like this. */
export interface PlannedWrite {
  readonly desired: Desired
  /** present: it is to be made only where it is not there, and somebody else has made it. */
  readonly reason: 'new' | 'changed' | 'present'
  /** The last apply's entry; undefined for a new object. */
  readonly entry: InventoryEntry | undefined
  /** Read where the write depends on it: adopted or autoscaled objects. */
  readonly live: KubeObject | undefined
  /** The dry-run's answer; undefined while it could not be asked yet. */
  readonly predicted: KubeObject | undefined
  /** Why the server could not check it yet; undefined: it has, or was not asked. */
  readonly unchecked?: StageError
  /** Why it has to be deleted and made anew. */
  readonly recreates?: string
  /** The application that has had it so far. */
  readonly takenFrom?: string | undefined
}
