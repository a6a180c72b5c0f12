import { setTimeout as delay } from 'node:timers/promises'
import type { Application } from '../src/domain/application.ts'
import type { Begun } from '../src/domain/application-record.ts'
import type { ApplicationStatus } from '../src/domain/application-status.ts'
import type { Clock } from '../src/domain/clock.ts'
import { asStageError, StageError } from '../src/domain/error.ts'
import type {
  FoundPaused,
  SyncFunction,
  SyncOutcome,
  SyncProgress,
} from '../src/domain/sync-request.ts'
import { fetches } from '../src/domain/wanted.ts'
import type { WatchNote } from '../src/domain/watch-note.ts'
import { failedOutcome } from './failed-outcome.ts'

/** How long one sync may take. */
export interface SyncLimits {
  /** Beyond the application's own `sync.timeout`, which is the wait for health alone. */
  readonly marginMs: number
  /** After its signal has fired; then its slot goes to another application. */
  readonly abandonMs: number
}

interface SyncRun {
  readonly id: string
  readonly application: Application
  readonly begun: Begun
  readonly watched: WatchNote | undefined
  readonly sync: SyncFunction
  readonly limits: SyncLimits
  readonly clock: Clock
  /** Fires with a StageError as its reason: the lock is lost or the process stops. */
  readonly interrupted: AbortSignal
  look(): void
  wantedAgain(what: 'urgent' | 'drift'): AbortSignal
  drifted(): Promise<readonly string[] | undefined>
  /** How the application stood before. */
  readonly before: Promise<ApplicationStatus | undefined>
  onProgress(progress: SyncProgress): Promise<void>
}

/** Runs one sync to an outcome, whatever it does: throwing and hanging are outcomes too. */
export async function runSync(run: SyncRun): Promise<SyncOutcome | FoundPaused> {
  const { application, begun, id, limits, clock } = run
  const startedAt = new Date(clock.now()).toISOString()
  const overdue = new AbortController()
  const limitMs = application.sync.timeoutMs + limits.marginMs
  const timer = setTimeout(() => overdue.abort(timeoutError(application, limitMs)), limitMs)
  timer.unref()
  const signal = AbortSignal.any([overdue.signal, run.interrupted])
  const settled = new AbortController()
  let progress: SyncProgress | undefined
  try {
    const outcome = run.sync(application, {
      id,
      trigger: begun.trigger,
      fetch: fetches(begun.trigger),
      failedRevision: begun.failedRevision,
      heldBack: begun.heldBack,
      isResumed: begun.isResumed,
      attempts: begun.attempts,
      expectedSha: begun.expectedSha,
      suspects: begun.trigger === 'drift' ? begun.suspects : undefined,
      watched: run.watched,
      signal,
      beforeRequest: () => run.look(),
      wantedAgain: (what) => run.wantedAgain(what),
      drifted: () => run.drifted(),
      told: () =>
        run.before.then(
          (status) => status?.objects,
          () => undefined,
        ),
      onProgress: (told) => {
        progress = told
        return run.onProgress(told)
      },
    })
    return await Promise.race([outcome, abandoned(signal, limits.abandonMs, settled.signal)])
  } catch (error) {
    return failedOutcome({
      id,
      application: application.name,
      trigger: begun.trigger,
      startedAt,
      finishedAt: new Date(clock.now()).toISOString(),
      failure: asStageError(error),
      progress,
      failedRevision: begun.failedRevision,
      heldBack: begun.heldBack,
    })
  } finally {
    clearTimeout(timer)
    settled.abort()
  }
}

function timeoutError({ name }: Application, limitMs: number): StageError {
  return new StageError(
    'SYNC_TIMEOUT',
    `the sync of ${name} took longer than ${Math.round(limitMs / 1000)} s and was stopped; raise applications.${name}.sync.timeout if it needs more`,
  )
}

/** Rejects with the signal's reason, `ms` after it fired: the sync ignored it. */
async function abandoned(signal: AbortSignal, ms: number, settled: AbortSignal): Promise<never> {
  if (!signal.aborted) {
    const { promise, resolve } = Promise.withResolvers<void>()
    signal.addEventListener('abort', () => resolve(), { once: true, signal: settled })
    await promise
  }
  await delay(ms, undefined, { signal: settled, ref: false })
  throw asStageError(signal.reason)
}
