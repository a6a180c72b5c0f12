import type { ObjectStatus } from '../domain/application-status.ts'
import type { Desired } from '../domain/change.ts'
import type { Clock } from '../domain/clock.ts'
import { type ErrorSubject, StageError } from '../domain/error.ts'
import { type Health, type HealthAssessment, worstHealth } from '../domain/health.ts'
import { describeRef, type ObjectRef, refKey } from '../domain/kube-object.ts'
import type { SyncRequest } from '../domain/sync-request.ts'
import type { Source } from '../source/source.ts'
import { type AwaitedHealth, awaitHealth, type HealthTarget } from './await-health.ts'
import type { HealthThresholds } from './health/thresholds.ts'
import { createLogRedactor } from './log-redactor.ts'
import type { Reconciled } from './reconcile.ts'
import type { ApplicationMemory } from './sync-run.ts'
import type { Target } from './target.ts'
import type { Timers } from './timers.ts'

// A sync that changed nothing only looks: what still progresses is told as progressing.
const lookMs = 2_000

export interface SettleDeps {
  readonly source: Source
  readonly clock: Clock
  readonly timers: Timers
  readonly thresholds: HealthThresholds
}

export interface SettleInput {
  readonly target: Target
  readonly request: SyncRequest
  readonly revision: string
  readonly memory: ApplicationMemory
  readonly desired: readonly Desired[]
  readonly reconciled: Reconciled
  /** This commit is being deployed, or a person asked: wait for it. Otherwise one look is enough. */
  readonly isAwaited: boolean
}

/** How the objects stand once the sync has done its part. */
export interface Settled {
  readonly health: Health
  readonly objects: readonly ObjectStatus[]
  readonly failure: StageError | undefined
  /** A newer commit came before they were healthy. */
  readonly isSuperseded: boolean
}

/**
 * Waits until all objects are healthy, one has failed, or a newer commit arrives. A sync that wrote
 * nothing to objects known to be healthy does not look again, unless it has them at hand anyway.
 */
export async function settle(deps: SettleDeps, input: SettleInput): Promise<Settled> {
  const { memory, reconciled, desired, isAwaited } = input
  const known = memory.objects
  const isFresh = known?.every((object) => object.health === 'Healthy') === true
  if (!isAwaited && isFresh && reconciled.live.size === 0) return settled(known, undefined)
  const entries = new Map(reconciled.inventory.entries.map((entry) => [refKey(entry), entry]))
  const targets = desired.map(({ ref }): HealthTarget => {
    const applied = reconciled.live.get(refKey(ref))
    const entry = entries.get(refKey(ref))
    return { ref, generation: applied?.metadata.generation ?? entry?.generation ?? 0, applied }
  })
  const waited = await waitOrYield(deps, input, targets)
  const failure = isAwaited ? failureOf(waited) : undefined
  return settled(objectsOf(waited), failure, waited.kind === 'cancelled')
}

/** A push of the commit that is being deployed (a merge tells twice) does not end the wait. */
async function waitOrYield(
  deps: SettleDeps,
  { target, request, revision, desired, isAwaited }: SettleInput,
  targets: readonly HealthTarget[],
): Promise<AwaitedHealth> {
  const { application, cluster, own, partOf } = target
  const end = deps.clock.now() + (isAwaited ? application.sync.timeoutMs : lookMs)
  for (;;) {
    const wantedAgain = request.wantedAgain()
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
        redactLog: createLogRedactor(desired),
        partOf,
        timeoutMs: Math.max(0, end - deps.clock.now()),
        signal: AbortSignal.any([request.signal, wantedAgain]),
      },
    )
    request.signal.throwIfAborted()
    if (waited.kind !== 'cancelled') return waited
    const tip = await deps.source.fetchTip(application, request.signal)
    if (tip.sha !== revision) return waited
  }
}

function objectsOf(waited: AwaitedHealth): ObjectStatus[] {
  return waited.objects.map(({ ref, assessment }) => ({
    kind: ref.kind,
    namespace: ref.namespace,
    name: ref.name,
    health: assessment.health,
    action: 'unchanged',
    message: assessment.message,
  }))
}

function failureOf(waited: AwaitedHealth): StageError | undefined {
  if (waited.kind === 'healthy' || waited.kind === 'cancelled') return undefined
  const unwell = waited.objects.filter(
    ({ isAwaited, assessment }) => isAwaited && assessment.health !== 'Healthy',
  )
  const culprit =
    unwell.find(({ assessment }) => ['Degraded', 'Missing'].includes(assessment.health)) ??
    unwell[0]
  if (culprit === undefined) return undefined
  const code = waited.kind === 'degraded' ? 'HEALTH_DEGRADED' : 'HEALTH_TIMEOUT'
  return new StageError(code, textOf(culprit), { subjects: [subjectOf(culprit)] })
}

function textOf({ ref, assessment }: { ref: ObjectRef; assessment: HealthAssessment }): string {
  return `${describeRef(ref)}: ${assessment.message}`
}

function subjectOf({
  ref,
  assessment,
}: {
  ref: ObjectRef
  assessment: HealthAssessment
}): ErrorSubject {
  return { object: describeRef(ref), message: assessment.message }
}

function settled(
  objects: readonly ObjectStatus[],
  failure: StageError | undefined,
  isSuperseded = false,
): Settled {
  return {
    health: worstHealth(objects.map((object) => object.health)),
    objects,
    failure,
    isSuperseded,
  }
}
