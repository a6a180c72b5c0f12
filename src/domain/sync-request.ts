import type { Application, Trigger } from './application.ts'
import type { HeldBack, Paused } from './application-record.ts'
import type { ApplicationStatus, ObjectStatus } from './application-status.ts'
import type { Declared } from './change.ts'
import type { Retry } from './error.ts'
import type { SyncRecord } from './sync.ts'
import type { WatchNote } from './watch-note.ts'

/** One sync to run, as the application's record asked for it when the job started. */
export interface SyncRequest {
  /** 128 random bits, hex: id of the record and of the fence. */
  readonly id: string
  readonly trigger: Trigger
  /** False: heal to the last applied revision, ask no remote. */
  readonly fetch: boolean
  /** The commit that failed for good: a sweep does not try it again. */
  readonly failedRevision: string | undefined
  readonly heldBack: HeldBack | undefined
  /** Somebody ended its last pause: one that the cluster remembers is over. */
  readonly isResumed: boolean
  /** Retries since the last sync that needed none. */
  readonly attempts: number
  /** What a push said the branch points at: only compared, to notice a forge that lags behind. */
  readonly expectedSha: string | undefined
  /** `refKey` of the objects to look at, in a drift job; undefined: all. */
  readonly suspects: readonly string[] | undefined
  /** What the watcher knows; only a sweep is told. undefined: nothing for certain. */
  readonly watched: WatchNote | undefined
  /** Ends the sync: its time is over, its lock is lost, or the process stops. */
  readonly signal: AbortSignal
  /** To be called before each request to the cluster: another worker may have taken over. */
  beforeRequest(): void
  /**
   * Fires when a push or a person wants the application synced again, or when it has drifted, since
   * the sync began or since that fired last.
   */
  wantedAgain(what: 'urgent' | 'drift'): AbortSignal
  /** How the objects were when any worker looked last; undefined: nobody knows. */
  told(): Promise<readonly ObjectStatus[] | undefined>
  /** `refKey` of what has drifted since the sync began; undefined: it is not known, or too much. */
  drifted(): Promise<readonly string[] | undefined>
  /** Told once the revision is known, before anything is written. */
  onProgress(progress: SyncProgress): Promise<void>
}

export interface SyncProgress {
  readonly record: SyncRecord
  /** Whether this commit changes the application, so that the forge should hear of it. */
  readonly touched: boolean
}

export interface SyncOutcome extends SyncProgress {
  readonly status: ApplicationStatus
  /** Nothing changed, drifted or failed: not worth a row of history. */
  readonly quiet: boolean
  /** What the sync asks for next; undefined: nothing until somebody wants it again. */
  readonly retry: Exclude<Retry, { kind: 'never' }> | undefined
  /** Set when this commit cannot succeed: remembered until another one comes. */
  readonly failedRevision: string | undefined
  /** Remembered until the remote is asked again. */
  readonly heldBack: HeldBack | undefined
  /** What Git declares, by `refKey`; not there where nothing was rendered. */
  readonly declared?: ReadonlyMap<string, Declared>
  /** By `refKey`: what the sync found or made as Git wants it, or let go of. None: left out. */
  readonly right?: readonly string[]
  /** Applications that lost an object to this one: a sweep of theirs lets go of it. None: left out. */
  readonly takenFrom?: readonly string[]
}

/** The cluster remembers a pause that nobody has ended: nothing was done. */
export interface FoundPaused {
  readonly paused: Paused
}

/** Never throws: every exit is an outcome. */
export type SyncFunction = (
  application: Application,
  request: SyncRequest,
) => Promise<SyncOutcome | FoundPaused>
