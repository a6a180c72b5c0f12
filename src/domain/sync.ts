import type { AllowedDifference } from './allowed-difference.ts'
import type { Trigger } from './application.ts'
import type { Action, ChangeSet } from './change.ts'
import type { Drift } from './drift.ts'
import type { ErrorCode, ErrorSubject, Stage } from './error.ts'
import type { Health } from './health.ts'

export type Phase = 'Running' | 'Succeeded' | 'Failed' | 'Superseded'
export type SyncStatus = 'Synced' | 'OutOfSync' | 'Unknown'

export interface SyncFailure {
  readonly code: ErrorCode
  readonly stage: Stage
  readonly text: string
  readonly subjects: readonly ErrorSubject[]
}

/** One sync, told whole: log line, stored row, page and commit status all come from it. */
export interface SyncRecord {
  /** 128 random bits, hex: the page's address. */
  readonly id: string
  readonly application: string
  readonly trigger: Trigger
  readonly phase: Phase
  readonly message: string
  readonly revision: string | undefined
  readonly author: string | undefined
  readonly subject: string | undefined
  readonly committedAt: string | undefined
  readonly startedAt: string
  readonly finishedAt: string | undefined
  /** Milliseconds a stage took; a stage that did not run is absent. */
  readonly stages: Readonly<Partial<Record<SyncStage, number>>>
  readonly counts: Readonly<Partial<Record<Action, number>>>
  /** Everything that is not `unchanged`. */
  readonly changes: ChangeSet
  readonly drift: readonly Drift[]
  /** Left out: none, or one from before it was told. */
  readonly allowed?: readonly AllowedDifference[]
  readonly health: Health
  readonly failure: SyncFailure | undefined
  readonly warnings: readonly string[]
}

export type SyncStage = 'source' | 'render' | 'observe' | 'gate' | 'apply' | 'prune' | 'health'
