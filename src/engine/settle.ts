import type { ObjectStatus } from '../domain/application-status.ts'
import type { Desired } from '../domain/change.ts'
import type { StageError } from '../domain/error.ts'
import { type Health, worstHealth } from '../domain/health.ts'
import { type ObjectRef, refKey } from '../domain/kube-object.ts'
import type { WatchNote } from '../domain/watch-note.ts'
import type { AwaitedHealth, HealthTarget } from './await-health.ts'
import { readDirectives } from './directive.ts'
import type { Reconciled } from './reconcile.ts'
import { removesItself } from './removes-itself.ts'
import type { Rollout } from './rollout.ts'
import type { ApplicationMemory } from './sync-run.ts'
import { unhealthyError } from './unhealthy-error.ts'

// A sync that changed nothing only looks: what still progresses is told as progressing.
const lookMs = 2_000

export interface SettleInput {
  readonly rollout: Rollout
  readonly memory: ApplicationMemory
  readonly desired: readonly Desired[]
  readonly reconciled: Reconciled
  /** `refKey` of the objects a heal looked at; undefined: all were. */
  readonly suspects: readonly string[] | undefined
  /** What the watcher knows; undefined: nothing. */
  readonly watched: Pick<WatchNote, 'isWell'> | undefined
  /** This commit is being deployed, or a person asked: wait for it. Otherwise one look is enough. */
  readonly isAwaited: boolean
  /** Nobody waits to hear how it went: it makes way for whatever is wanted next. */
  readonly makesWay: boolean
  /** Fires when something drifts, once; to be asked for again. */
  drifted(): AbortSignal
  /** Heals it. */
  heal(reconciled: Reconciled): Promise<Reconciled>
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
export async function settle(input: SettleInput): Promise<Settled> {
  const { memory, reconciled, desired, isAwaited } = input
  const known = memory.objects
  const isWell = known?.every((object) => object.health === 'Healthy') === true
  const isFresh = isWell && input.watched?.isWell !== false
  if (!isAwaited && isFresh && reconciled.live.size === 0) return settled(known, undefined)
  const unseen = unseenObjects(input)
  const looked = desired.filter(({ ref }) => !unseen.has(refKey(ref)))
  const waited = isAwaited
    ? await awaitHealing(input, looked)
    : await input.rollout.awaitHealth(targetsOf(looked, reconciled), { atMostMs: lookMs })
  const failure = isAwaited ? unhealthyError(waited) : undefined
  const isSuperseded = waited.kind === 'cancelled' && !input.makesWay
  const seen = new Map(looked.map(({ ref }, index) => [refKey(ref), objectsOf(waited)[index]]))
  const objects = desired.flatMap(({ ref }) => {
    const key = refKey(ref)
    return seen.get(key) ?? unseen.get(key) ?? []
  })
  return settled(objects, failure, isSuperseded)
}

/** Waits, and heals what drifts meanwhile. */
async function awaitHealing(
  { rollout, drifted, heal, ...input }: SettleInput,
  looked: readonly Desired[],
): Promise<AwaitedHealth> {
  let { reconciled } = input
  for (;;) {
    const drift = drifted()
    const waited = await rollout.awaitHealth(targetsOf(looked, reconciled), { until: drift })
    if (rollout.isOutdated() || !drift.aborted || waited.kind === 'healthy') return waited
    reconciled = await heal(reconciled)
  }
}

function targetsOf(
  looked: readonly Desired[],
  { inventory, live }: Reconciled,
): readonly HealthTarget[] {
  const entries = new Map(inventory.entries.map((entry) => [refKey(entry), entry]))
  return looked.map(({ ref, object }): HealthTarget => {
    const applied = live.get(refKey(ref))
    const entry = entries.get(refKey(ref))
    const generation = applied?.metadata.generation ?? entry?.generation ?? 0
    const isLeftAlone = entry === undefined && readDirectives(object).sync !== 'always'
    return { ref, generation, applied, removesItself: removesItself(object), isLeftAlone }
  })
}

/** What a heal did not look at is as it was told last. */
function unseenObjects({ suspects, memory, desired, reconciled }: SettleInput) {
  const unseen = new Map<string, ObjectStatus>()
  if (suspects === undefined) return unseen
  const known = new Map(memory.objects?.map((object) => [statusKey(object), object]))
  for (const { ref } of desired) {
    const object = known.get(statusKey(ref))
    const isSeen = reconciled.live.has(refKey(ref)) || suspects.includes(refKey(ref))
    if (object !== undefined && !isSeen) unseen.set(refKey(ref), object)
  }
  return unseen
}

function statusKey({ kind, namespace, name }: Pick<ObjectRef, 'kind' | 'namespace' | 'name'>) {
  return `${kind} ${namespace}/${name}`
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
