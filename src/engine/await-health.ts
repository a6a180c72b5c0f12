import type { Cluster } from '../cluster/cluster.ts'
import type { HealthRule } from '../domain/application.ts'
import type { Clock } from '../domain/clock.ts'
import type { HealthAssessment } from '../domain/health.ts'
import type { ObjectRef } from '../domain/kube-object.ts'
import type { Redact } from '../domain/redact.ts'
import { followObjects } from './follow-objects.ts'
import { createCustomRules } from './health/custom-rules.ts'
import { followTracked, queriesFor, type TrackedQuery } from './health/follow-tracked.ts'
import { hasFailed, isDone } from './health/is-done.ts'
import { createKindFacts } from './health/kind-facts.ts'
import { withLastWarnings } from './health/last-warnings.ts'
import { withLastWords } from './health/last-words.ts'
import { createPodFeeds } from './health/pod-feeds.ts'
import { createReplicaSetReads } from './health/replica-set-reads.ts'
import type { HealthThresholds } from './health/thresholds.ts'
import { type HealthTarget, type Tracked, trackHealth, turnsAt } from './health/tracked.ts'
import { createWake } from './health/wake.ts'
import type { Timers } from './timers.ts'

export type { HealthTarget } from './health/tracked.ts'

export interface AwaitHealthDeps {
  readonly cluster: Pick<Cluster, 'discovery'> & {
    readonly own: Pick<Cluster['own'], 'get' | 'list' | 'watch' | 'readLog'>
  }
  readonly clock: Clock
  readonly timers: Timers
  readonly thresholds: HealthThresholds
}

export interface AwaitHealthInput {
  readonly targets: readonly HealthTarget[]
  /** Of the configuration, in place of those of their kinds. */
  readonly rules?: readonly HealthRule[]
  /** What a container's log, or an Event, may not say to others. */
  readonly redactLog?: Redact
  /** Value of the label `applyset.kubernetes.io/part-of` on the targets. */
  readonly partOf: string
  readonly timeoutMs: number
  /** Aborted when a newer commit arrives. */
  readonly signal: AbortSignal
}

/**
 * healthy: all are, or are suspended · degraded: one has failed or was deleted, the others are told
 * as they were at that moment · timeout, cancelled: as they were when the wait ended.
 */
export interface AwaitedHealth {
  readonly kind: 'healthy' | 'degraded' | 'timeout' | 'cancelled'
  /** In the order of the targets. */
  readonly objects: readonly {
    readonly ref: ObjectRef
    /** As seen last; undefined: it is not there, or nobody has seen it. */
    readonly uid?: string | undefined
    readonly assessment: HealthAssessment
    /** false: it was only looked at; its health did not decide. */
    readonly isAwaited: boolean
  }[]
}

/**
 * Waits, by watch, until every target is healthy on the generation that was applied, or until one
 * has failed. Kinds without a rollout are told, not waited for, unless a rule of the configuration
 * speaks of them; when nothing is left to wait for it makes no request. Throws StageError when the
 * cluster may not be asked.
 */
export async function awaitHealth(
  deps: AwaitHealthDeps,
  input: AwaitHealthInput,
): Promise<AwaitedHealth> {
  const wake = createWake(deps.timers)
  const tracked = trackAll(deps, input, wake.ring)
  const limits = createLimits(deps.timers, input, wake.ring)
  const following = createFollowing(deps, wake.ring)
  try {
    for (;;) {
      const now = deps.clock.now()
      for (const item of tracked) item.refresh(now)
      const kind = limits.reached() === 'cancelled' ? 'cancelled' : conclude(tracked)
      const end = kind ?? limits.reached()
      if (end !== undefined) return { kind: end, objects: await tell(deps, input, end, tracked) }
      following.start(() => queriesFor(tracked, input.partOf))
      for (const item of tracked) item.look()
      await wake.wait(msToNextTurn(tracked, now))
    }
  } finally {
    limits.clear()
    following.stop()
    for (const item of tracked) item.stop()
  }
}

function trackAll(
  deps: AwaitHealthDeps,
  { targets, rules = [] }: AwaitHealthInput,
  onChange: () => void,
): Tracked[] {
  const { cluster, clock, timers, thresholds } = deps
  const tracked: Tracked[] = []
  const facts = createKindFacts(cluster, () => {
    for (const item of tracked) item.touch()
  })
  const track = {
    client: cluster.own,
    clock,
    timers,
    pods: createPodFeeds({ client: cluster.own, clock, timers }),
    replicaSets: createReplicaSetReads(cluster.own),
    thresholds,
    rules: createCustomRules(rules),
    facts,
    onChange,
  }
  tracked.push(...targets.map((target) => trackHealth(track, target)))
  return tracked
}

/** As the objects stand; of those that failed with the last words of their containers, or Events. */
async function tell(
  { cluster, timers }: AwaitHealthDeps,
  { redactLog: redact = (text) => text }: AwaitHealthInput,
  kind: AwaitedHealth['kind'],
  tracked: readonly Tracked[],
): Promise<AwaitedHealth['objects']> {
  if (kind === 'healthy' || kind === 'cancelled') return tracked.map(toAwaited)
  const failing = tracked.filter(({ assessment }) => assessment.health === 'Degraded')
  await Promise.all(failing.slice(0, mostRead).map((item) => item.readPods()))
  const deps = { client: cluster.own, timers, redact }
  return withLastWarnings(deps, await withLastWords(deps, tracked.map(toAwaited)))
}

/** Of how many failed objects the pods are read: each costs a list or two. */
const mostRead = 3

interface Limits {
  reached(): 'timeout' | 'cancelled' | undefined
  clear(): void
}

function createLimits(timers: Timers, input: AwaitHealthInput, onReached: () => void): Limits {
  let isLate = false
  const cancel = timers.after(input.timeoutMs, () => {
    isLate = true
    onReached()
  })
  input.signal.addEventListener('abort', onReached)
  return {
    reached() {
      if (input.signal.aborted) return 'cancelled'
      return isLate ? 'timeout' : undefined
    },
    clear() {
      cancel()
      input.signal.removeEventListener('abort', onReached)
    },
  }
}

interface Following {
  /** Once, on the first call; each call throws what ended a query for good. */
  start(queries: () => readonly TrackedQuery[]): void
  stop(): void
}

function createFollowing(deps: AwaitHealthDeps, onFailure: () => void): Following {
  const stopper = new AbortController()
  const follow = { client: deps.cluster.own, clock: deps.clock, timers: deps.timers }
  let isStarted = false
  let failure: { readonly error: unknown } | undefined
  const fail = (error: unknown) => {
    failure = { error }
    onFailure()
  }
  return {
    start(queries) {
      if (failure !== undefined) throw failure.error
      if (isStarted) return
      isStarted = true
      for (const { query, members } of queries()) {
        followObjects(follow, query, followTracked(members), stopper.signal).catch(fail)
      }
    },
    stop: () => stopper.abort(),
  }
}

/** undefined: there is something to wait for. */
function conclude(tracked: readonly Tracked[]): 'healthy' | 'degraded' | undefined {
  const awaited = tracked.filter((item) => item.isAwaited)
  if (awaited.some(hasFailed)) return 'degraded'
  return awaited.every(isDone) ? 'healthy' : undefined
}

function msToNextTurn(tracked: readonly Tracked[], now: number): number | undefined {
  const turn = Math.min(...tracked.map((item) => turnsAt(item.assessment)))
  return turn === Number.POSITIVE_INFINITY ? undefined : Math.max(0, turn - now)
}

function toAwaited({ ref, uid, assessment, isAwaited }: Tracked) {
  return { ref, uid, assessment, isAwaited }
}
