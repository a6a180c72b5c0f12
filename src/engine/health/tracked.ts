import type { ObjectClient } from '../../cluster/cluster.ts'
import type { HealthAssessment } from '../../domain/health.ts'
import type { KubeObject, ObjectRef } from '../../domain/kube-object.ts'
import { removesItself } from '../removes-itself.ts'
import { assessHealth } from './assess.ts'
import { assessFinishedJob } from './assess-job.ts'
import { healthy } from './assessment.ts'
import { hasPods, isAwaited, isCustomResource } from './built-in-kinds.ts'
import type { CustomRules } from './custom-rules.ts'
import type { HealthContext } from './health-context.ts'
import type { KindFacts } from './kind-facts.ts'
import { lacksStatus } from './lacks-status.ts'
import { gatherMs } from './pod-feeds.ts'
import { type PodWatch, type PodWatchDeps, startPodWatch } from './pod-watch.ts'
import { readNumber, readText } from './read-field.ts'
import { readPods } from './read-pods.ts'
import type { HealthThresholds } from './thresholds.ts'

/** One object whose health somebody waits for. */
export interface HealthTarget {
  readonly ref: ObjectRef
  /** Of the object as its apply answered; anything older is not looked at. */
  readonly generation: number
  /** The answer itself, if there was one: an object that is healthy in it costs no request. */
  readonly applied?: KubeObject | undefined
  /** Gone, it is done; left out: the answer tells. */
  readonly removesItself?: boolean
  /** It is somebody else's: told as it stands, not waited for. */
  readonly isLeftAlone?: boolean
}

export interface Tracked {
  readonly ref: ObjectRef
  /** As seen last; undefined: it is not there, or nobody has seen it. */
  readonly uid: string | undefined
  /** Whether the wait depends on it. */
  readonly isAwaited: boolean
  readonly assessment: HealthAssessment
  see(object: KubeObject): void
  /** It is not there (any more); `last` is its final state, where that is known. */
  lose(last: KubeObject | undefined): void
  /** The cluster cannot be asked about it. */
  doubt(reason: string): void
  /** Something its judgement rests on, besides itself, became known. */
  touch(): void
  /** Judges again where something was seen since, or the time has come that turns the judgement. */
  refresh(now: number): void
  /** Asks the cluster for what else its judgement needs: the pods of a rollout, facts of its kind. */
  look(): void
  /** Reads the pods of what had failed when it was first seen: nobody followed them. */
  readPods(): Promise<void>
  stop(): void
}

export interface TrackDeps extends PodWatchDeps {
  readonly client: Pick<ObjectClient, 'list'>
  readonly thresholds: HealthThresholds
  readonly rules: CustomRules
  readonly facts: KindFacts
  readonly onChange: () => void
}

// A rollout that starts no pod (another label, no replicas) is over by then: its pods cost a list
// and a watch each, on a connection of their own.
const podsAfterMs = 300 - gatherMs

export function trackHealth(deps: TrackDeps, target: HealthTarget): Tracked {
  const rule = deps.rules(target.ref)
  const awaited = !target.isLeftAlone && (rule !== undefined || isAwaited(target.ref))
  let object = target.applied
  let first = target.applied
  let assessment = awaited ? unseen('it was not looked at yet') : healthy
  let pods: PodWatch | undefined
  let read: Pick<HealthContext, 'pods' | 'replicaSets'> | undefined
  let rollout: { isLong: boolean; readonly cancel: () => void } | undefined
  let isStale = true
  let isLooking = false

  function touch(): void {
    isStale = true
    deps.onChange()
  }

  function podsSeen(): Pick<HealthContext, 'pods' | 'replicaSets' | 'failingSince'> {
    if (pods === undefined) return read ?? {}
    return { pods: pods.pods, replicaSets: pods.replicaSets, failingSince: pods.failingSince }
  }

  function contextAt(now: number, seen: KubeObject): HealthContext {
    const isSame = first === undefined || first.metadata.uid === seen.metadata.uid
    return {
      now,
      thresholds: deps.thresholds,
      rule,
      minGeneration: isSame ? target.generation : undefined,
      applied: isSame ? first : undefined,
      ...podsSeen(),
      ...(isLooking && askFacts(deps.facts, target.ref, seen)),
    }
  }

  function watchPods(workload: KubeObject): void {
    if (!hasPods(target.ref) || readNumber(workload, 'spec', 'replicas') === 0) return
    rollout ??= followRollout()
    if (!rollout.isLong) return
    pods ??= startPodWatch(deps, workload, touch)
    pods?.update(workload)
  }

  function followRollout() {
    const cancel = deps.timers.after(podsAfterMs, () => {
      if (rollout !== undefined) rollout.isLong = true
      deps.onChange()
    })
    return { isLong: false, cancel }
  }

  function stop(): void {
    rollout?.cancel()
    rollout = undefined
    pods?.stop()
    pods = undefined
  }

  return {
    ref: target.ref,
    isAwaited: awaited,
    get uid() {
      return object?.metadata.uid
    },
    get assessment() {
      return assessment
    },
    see(seen) {
      first ??= seen
      object = seen
      touch()
    },
    lose(last) {
      assessment = assessLost(target, last)
      object = undefined
      stop()
      deps.onChange()
    },
    doubt(reason) {
      if (assessment.health === 'Unknown') assessment = unseen(reason)
    },
    touch,
    refresh(now) {
      if (object === undefined || !(isStale || now >= turnsAt(assessment))) return
      isStale = false
      assessment = explain(assessHealth(object, contextAt(now, object)), pods)
    },
    look() {
      if (!awaited) return
      if (!isLooking) {
        isLooking = true
        touch()
      }
      if (object !== undefined && assessment.health === 'Progressing') watchPods(object)
      else stop()
    },
    async readPods() {
      const isToBeRead = hasPods(target.ref) && pods === undefined
      if (object === undefined || assessment.health !== 'Degraded' || !isToBeRead) return
      const failed = object
      read = await readPods(deps.client, failed)
      if (read === undefined || object !== failed) return
      assessment = assessHealth(failed, contextAt(deps.clock.now(), failed))
    },
    stop,
  }
}

/** When the same observation is judged otherwise, ms since the epoch. */
export function turnsAt(assessment: HealthAssessment): number {
  return Math.min(
    assessment.degradesAt ?? Number.POSITIVE_INFINITY,
    assessment.settlesAt ?? Number.POSITIVE_INFINITY,
  )
}

function unseen(message: string): HealthAssessment {
  return { health: 'Unknown', message }
}

function askFacts(
  facts: KindFacts,
  ref: ObjectRef,
  seen: KubeObject,
): Pick<HealthContext, 'servesStatus' | 'volumeBindingMode'> {
  const isPendingClaim =
    ref.group === '' &&
    ref.kind === 'PersistentVolumeClaim' &&
    readText(seen, 'status', 'phase') === 'Pending'
  const isUnwritten = isCustomResource(ref) && lacksStatus(seen)
  return {
    volumeBindingMode: isPendingClaim ? facts.volumeBindingMode(seen) : undefined,
    servesStatus: isUnwritten ? facts.servesStatus(ref) : undefined,
  }
}

/** What does not remove itself was removed by somebody. */
function assessLost(target: HealthTarget, last: KubeObject | undefined): HealthAssessment {
  const { ref, applied } = target
  const isJob = ref.group === 'batch' && ref.kind === 'Job'
  const outcome = isJob && last !== undefined ? assessFinishedJob(last) : undefined
  if (outcome !== undefined) return outcome
  const known = last ?? applied
  if (target.removesItself ?? (known !== undefined && removesItself(known))) return healthy
  return { health: 'Missing', message: 'it was deleted, or lost its label, after it was applied' }
}

function explain(assessment: HealthAssessment, pods: PodWatch | undefined): HealthAssessment {
  if (assessment.health !== 'Progressing' || pods?.trouble === undefined) return assessment
  return {
    ...assessment,
    message: `${assessment.message}; its pods could not be read: ${pods.trouble.text}`,
  }
}
