import type { Desired } from '../domain/change.ts'
import type { Clock } from '../domain/clock.ts'
import type { SyncRequest } from '../domain/sync-request.ts'
import type { Source } from '../source/source.ts'
import { type AwaitedHealth, awaitHealth, type HealthTarget } from './await-health.ts'
import type { HealthThresholds } from './health/thresholds.ts'
import { createLogRedactor } from './log-redactor.ts'
import type { Target } from './target.ts'
import type { Timers } from './timers.ts'

export interface RolloutDeps {
  readonly source: Source
  readonly clock: Clock
  readonly timers: Timers
  readonly thresholds: HealthThresholds
}

/** The waits of one sync: they share the time of `sync.timeout`, and a newer commit ends them all. */
export interface Rollout {
  /** What is left of `sync.timeout`, which begins to run with the first call. */
  msLeft(): number
  /** A newer commit came; it has ended each wait, and ends each that begins. */
  isOutdated(): boolean
  /** Throws what ends the sync. */
  awaitHealth(targets: readonly HealthTarget[], options?: WaitOptions): Promise<AwaitedHealth>
}

interface WaitOptions {
  /** Instead of all the time that is left. */
  readonly atMostMs?: number | undefined
  /** A newer commit does not end this wait. */
  readonly isToTheEnd?: boolean
  /** Ends the wait, too. */
  readonly until?: AbortSignal | undefined
}

interface RolloutOf {
  readonly target: Target
  readonly request: SyncRequest
  readonly revision: string
  /** What their Secrets hold is in no line of a log that is told. */
  readonly desired: readonly Desired[]
  /** Whether anything that is wanted ends the waits, drift too; the commit may still be the same. */
  readonly makesWay: () => boolean
}

export function createRollout(
  deps: RolloutDeps,
  { target, request, revision, desired, makesWay }: RolloutOf,
): Rollout {
  const { application, cluster, own, partOf } = target
  const redactLog = createLogRedactor(desired)
  const outdated = new AbortController()
  let isListening = false
  let endsAt: number | undefined

  /** A push of the commit that is being deployed (a merge tells twice) does not end the wait. */
  function listen(): void {
    isListening = true
    const urgent = request.wantedAgain('urgent')
    const wanted = makesWay() ? AbortSignal.any([urgent, request.wantedAgain('drift')]) : urgent
    if (wanted.aborted) check()
    else wanted.addEventListener('abort', check, { once: true })
  }

  function check(): void {
    if (makesWay()) return outdated.abort()
    // A forge that cannot be asked says nothing of a newer commit: the next sync asks again.
    deps.source.fetchTip(application, request.signal).then(
      ({ sha }) => (sha === revision ? listen() : outdated.abort()),
      () => listen(),
    )
  }

  function msLeft(): number {
    endsAt ??= deps.clock.now() + application.sync.timeoutMs
    return Math.max(0, endsAt - deps.clock.now())
  }

  return {
    msLeft,
    isOutdated: () => outdated.signal.aborted,
    async awaitHealth(targets, { atMostMs, isToTheEnd = false, until } = {}) {
      if (!isListening) listen()
      const ends = isToTheEnd ? [request.signal] : [request.signal, outdated.signal]
      const waited = await awaitHealth(
        {
          cluster: { discovery: cluster.discovery, own },
          clock: deps.clock,
          timers: deps.timers,
          thresholds: { ...deps.thresholds, ...application.sync.failAfter },
        },
        {
          targets,
          rules: application.health,
          redactLog,
          partOf,
          timeoutMs: atMostMs ?? msLeft(),
          signal: AbortSignal.any(until === undefined ? ends : [...ends, until]),
        },
      )
      request.signal.throwIfAborted()
      return waited
    },
  }
}
