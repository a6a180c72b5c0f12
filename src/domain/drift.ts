import type { ObjectRef } from './kube-object.ts'

/**
 * declared: a field Git declares has another value or is gone · extra: a person added a field
 * Git does not have · missing: the object is gone · touched: a pod in which somebody opened a shell.
 */
export type DriftType = 'declared' | 'extra' | 'missing' | 'touched'

/**
 * Who wrote the foreign value, as far as `metadata.managedFields` records it, and, where a witness
 * saw it, the authenticated user.
 */
export interface Offender {
  readonly manager: string
  readonly operation: 'Apply' | 'Update' | 'Delete' | 'Connect'
  /** ISO 8601; undefined where Kubernetes recorded none. */
  readonly time: string | undefined
  readonly user?: string
  readonly groups?: readonly string[]
  /** Id of the WitnessRecord. */
  readonly witnessed?: string
  /** Kubernetes names nobody: all of it is what the witness saw. */
  readonly unrecorded?: true
}

export interface DriftField {
  /** JSON pointer, list items by index in the live object. */
  readonly path: string
  /** What Git wants; undefined: nothing. Values of Secrets are marks, never the value. */
  readonly desired: unknown
  readonly live: unknown
}

export interface Drift {
  readonly ref: ObjectRef
  readonly type: DriftType
  readonly fields: readonly DriftField[]
  /** null: a deletion or a removed field, of which Kubernetes records no author. */
  readonly offender: Offender | null
  readonly message: string
  readonly healed: boolean
  /** Not healed any more for a while, since somebody undoes each heal. */
  readonly contended?: true
}
