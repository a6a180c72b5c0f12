import type { Trigger } from './application.ts'
import type { ErrorCode } from './error.ts'

/** Somebody's wish that an application be synced. */
export interface Want {
  readonly trigger: Trigger
  /** ms since epoch. */
  readonly at: number
  /** What a push said the branch points at; only ever compared. */
  readonly expectedSha?: string
  /** Of a drift: `refKey` of the objects to look at; left out: all. */
  readonly suspects?: readonly string[]
}

/** Who stopped an application, and since when (ISO 8601). */
export interface Paused {
  readonly by: string
  readonly at: string
}

/** Why the last sync that asked the remote did not get, or not take, the tip of the branch. */
export interface HeldBack {
  readonly code: ErrorCode
  readonly text: string
}

/** What is wanted of one application, apart from any job: jobs may be lost or doubled. */
export interface ApplicationRecord {
  /** Something is wanted that no sync has finished yet. */
  readonly dirty: boolean
  /** A sync began and has not finished; it may be dead. */
  readonly running: boolean
  /** ms since epoch; undefined: no retry waits. */
  readonly retryAt: number | undefined
  /** ms since epoch of the last sweep asked for; undefined: none yet. */
  readonly sweptAt: number | undefined
  readonly paused: Paused | undefined
  /** The cluster remembers the pause as well, should this record be lost. */
  readonly isPauseKept: boolean
}

/** What a worker that was given an application's job finds to do. */
export type Beginning =
  /** Done already. */
  | { readonly kind: 'clean' }
  | {
      readonly kind: 'paused'
      readonly paused: Paused
      readonly trigger: Trigger
      readonly sequence: number
    }
  /** Its syncs ended their workers too often; only an urgent want tries again. */
  | { readonly kind: 'quarantined'; readonly crashes: number; readonly sequence: number }
  | ({ readonly kind: 'begun' } & Begun)

export interface Begun {
  /** What was wanted up to here is what this sync does. */
  readonly generation: number
  /** Grows with every sync of the application. */
  readonly sequence: number
  readonly trigger: Trigger
  /** When the oldest unanswered push came, ms since epoch; undefined: none did. */
  readonly pushedAt: number | undefined
  readonly expectedSha: string | undefined
  /** Retries since the last sync that needed none. */
  readonly attempts: number
  readonly failedRevision: string | undefined
  readonly heldBack: HeldBack | undefined
  /** Somebody ended its last pause: one that the cluster remembers is over. */
  readonly isResumed: boolean
  /** Something is said to have drifted: a push leaves it to the sync after it. */
  readonly isDriftWanted: boolean
  /** `refKey` of the objects that are said to have drifted; undefined: look at all. */
  readonly suspects: readonly string[] | undefined
}

/** How a sync leaves the record. */
export type Ending =
  | {
      readonly kind: 'finished'
      /** ms since epoch; undefined: nothing more until somebody wants it. */
      readonly retryAt: number | undefined
      readonly failedRevision: string | undefined
      readonly heldBack: HeldBack | undefined
    }
  /** It stopped midway: everything it was to do is wanted still. */
  | { readonly kind: 'interrupted' }
