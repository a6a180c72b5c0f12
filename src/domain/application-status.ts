import type { AllowedDifference } from './allowed-difference.ts'
import type { Action } from './change.ts'
import type { Drift } from './drift.ts'
import type { Health } from './health.ts'
import type { Phase, SyncFailure, SyncStatus } from './sync.ts'

/** An application as its last sync left it: what `landfall status` and the API show. */
export interface ApplicationStatus {
  readonly name: string
  readonly syncStatus: SyncStatus
  readonly health: Health
  /** Commit the cluster was last made equal to. */
  readonly revision: string | undefined
  readonly phase: Phase
  readonly message: string
  /** Each object that failed, with its file and line; undefined: the last sync did not fail. */
  readonly failure: SyncFailure | undefined
  readonly objects: readonly ObjectStatus[]
  /** What the last look found, healed or not. */
  readonly drift: readonly DriftStatus[]
  /** What the last look found, and left as it is. */
  readonly allowed?: readonly AllowedStatus[]
  /** What else Git should not say so, with file and line. */
  readonly warnings: readonly string[]
  /** The sync that told all this, and when it ended (ISO 8601). */
  readonly syncId: string
  readonly observedAt: string
}

export interface ObjectStatus {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly health: Health
  readonly action: Action
  readonly message: string
}

/** With its object's name spelled out, as a Drift is. */
export interface AllowedStatus extends Omit<AllowedDifference, 'ref'> {
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

/** A Drift with its object's name spelled out, as people and scripts read it. */
export interface DriftStatus extends Omit<Drift, 'ref'> {
  readonly kind: string
  readonly namespace: string
  readonly name: string
}
