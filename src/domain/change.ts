import type { KubeObject, ObjectRef } from './kube-object.ts'

/** Where Git declares an object. `line` is 1-based. */
export interface Origin {
  readonly file: string
  readonly line: number
}

/** What those who do not render know of a desired object. */
export interface Declared {
  readonly origin: Origin
  /** JSON pointers of fields that are rendered otherwise each time: what the cluster has stays. */
  readonly unstable: readonly string[]
}

/** One object as Git wants it: normalised, labelled, with its namespace. */
export interface Desired {
  readonly ref: ObjectRef
  readonly object: KubeObject
  readonly origin: Origin
  /** sha256 of the canonical JSON of `object` without its unstable fields, keyed for a Secret. */
  readonly hash: string
  /** JSON pointers of fields that Git renders otherwise each time: what the cluster has of them stays. */
  readonly unstable?: readonly string[]
}

export type Action = 'created' | 'configured' | 'unchanged' | 'deleted' | 'skipped' | 'failed'

/** What happened to one object. */
export interface Change {
  readonly ref: ObjectRef
  readonly action: Action
  readonly message: string
  readonly origin: Origin | undefined
}

export type ChangeSet = readonly Change[]
