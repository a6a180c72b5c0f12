import type { ObjectRef } from './kube-object.ts'

/** What somebody did: a write, a scale, or a shell in a pod. */
export type WitnessedVerb =
  | 'create'
  | 'update'
  | 'delete'
  | 'scale'
  | 'exec'
  | 'attach'
  | 'debug'
  | 'edit-pod'

export interface WitnessedField {
  /** JSON pointer. */
  readonly path: string
  /** undefined: it was not there. Values of Secrets are marks. */
  readonly before: unknown
  readonly after: unknown
}

/** One thing that somebody else did to an object of an application, as the API server told it. */
export interface WitnessRecord {
  /** The API server's id of the request. */
  readonly id: string
  /** ISO 8601. */
  readonly at: string
  readonly cluster: string
  readonly application: string
  /** The application's object; of a shell, what owns the pod. */
  readonly ref: ObjectRef
  /** Of the object itself; left out: not told, as of a shell. */
  readonly uid?: string
  readonly user: string
  readonly groups: readonly string[]
  readonly verb: WitnessedVerb
  /** undefined: the request named none. */
  readonly manager: string | undefined
  readonly fields: readonly WitnessedField[]
  readonly pod: WitnessedPod | undefined
  /** Whether it undoes what Git declares. */
  readonly isDrift: boolean
  readonly outcome: 'allowed' | 'denied'
  /**
   * Why it was allowed although hand edits are denied, or of a shell, why its pod does not count as
   * touched; undefined: neither.
   */
  readonly exemption: string | undefined
}

export interface WitnessedPod {
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly container: string | undefined
  /** Of a debug container. */
  readonly image: string | undefined
  /** Program and names of options: what its arguments say is left out. */
  readonly command: string | undefined
}

/** How it ended. */
export interface WitnessedHeal {
  /** Id of the sync; undefined: the pod was replaced. */
  readonly sync: string | undefined
  /** ISO 8601. */
  readonly at: string
  /** Not undone as drift: the sync wrote over it, or found the object right, or no longer in Git. */
  readonly overtaken?: true
}

export interface KeptWitnessRecord extends WitnessRecord {
  /** undefined: it stands, or no sync has looked yet. */
  readonly heal: WitnessedHeal | undefined
}
