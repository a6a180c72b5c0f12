import type { Logger } from 'pino'
import type { Cluster } from '../src/cluster/cluster.ts'
import type { Application } from '../src/domain/application.ts'
import type { Clock } from '../src/domain/clock.ts'
import type { ObjectRef } from '../src/domain/kube-object.ts'
import { decideTouched, type TouchedPod } from '../src/domain/touched-pod.ts'
import { assessHealth } from '../src/engine/health/assess.ts'
import { defaultHealthThresholds } from '../src/engine/health/thresholds.ts'
import type { ApplicationRecords } from '../src/queue/application-records.ts'
import type { TouchedPods } from '../src/queue/touched-pods.ts'
import type { WitnessRecords } from '../src/queue/witness-records.ts'

interface TouchedPodsDeps {
  readonly pods: TouchedPods
  readonly records: Pick<WitnessRecords, 'heal'>
  readonly standing: Pick<ApplicationRecords, 'read'>
  /** undefined: it is not configured any more. */
  readonly applicationOf: (
    name: string,
  ) => { readonly application: Application; readonly cluster: Cluster } | undefined
  readonly clock: Clock
  readonly logger: Logger
}

const claimMs = 30_000
/** An evicted pod has its grace period to end. */
const leavingLookMs = 2_000
const heldLookMs = 10_000
const failedLookMs = 30_000

/**
 * Looks once after every pod in which somebody opened a shell and that is due: lets go of those that
 * are gone, and replaces, one at a time for each application, those that are to be replaced.
 */
export function createTouchedPodsKeeper(deps: TouchedPodsDeps): { look(): Promise<void> } {
  const { pods, records, clock, logger } = deps

  async function settle(pod: TouchedPod, isFirst: boolean): Promise<void> {
    const found = deps.applicationOf(pod.application)
    if (found?.application.cluster !== pod.cluster) return forget(pod)
    const { application, cluster } = found
    const ref: ObjectRef = { group: '', version: 'v1', kind: 'Pod', ...nameOf(pod) }
    const live = await cluster.own.get(ref)
    if (live?.metadata.uid !== pod.uid) return gone(pod)
    const now = clock.now()
    if (live.metadata.deletionTimestamp !== undefined) return again(pod, now + leavingLookMs)
    const [standing] = await deps.standing.read([pod.application])
    const step = decideTouched(pod, application.touchedPods, {
      now,
      isPaused: standing?.paused !== undefined,
    })
    if (step.kind === 'keep') return again(pod, step.again)
    return isFirst ? replace(pod, ref, cluster) : again(pod, now + leavingLookMs)
  }

  async function replace(pod: TouchedPod, ref: ObjectRef, cluster: Cluster): Promise<void> {
    const now = clock.now()
    const { owner, user } = pod
    // A Job does not begin where it was; what is not whole has no pod to spare.
    if (owner.group === 'batch') return again(pod, now + heldLookMs)
    if (!(await isWhole(cluster, owner, now))) return again(pod, now + heldLookMs)
    const answer = await cluster.own.evict(ref, pod.uid)
    if (answer === 'gone') return gone(pod)
    const told = { application: pod.application, pod: `${pod.namespace}/${pod.name}`, user }
    if (answer === 'held') {
      logger.info(told, 'touched pod waits for its disruption budget')
      return again(pod, now + heldLookMs)
    }
    logger.info({ ...told, verb: pod.verb }, 'touched pod evicted, to be replaced')
    return again(pod, now + leavingLookMs)
  }

  async function forget({ uid }: TouchedPod): Promise<void> {
    await pods.forget(uid)
  }

  async function gone(pod: TouchedPod): Promise<void> {
    const at = new Date(clock.now()).toISOString()
    await records.heal(pod.witnessed, { sync: undefined, at })
    return forget(pod)
  }

  async function again({ uid }: TouchedPod, at: number): Promise<void> {
    await pods.lookAgain(uid, at)
  }

  return {
    async look() {
      const now = clock.now()
      const due = await pods.claim(now, now + claimMs)
      if (due.length === 0) return
      // Those that are looked at later count as well: one that leaves holds the others back.
      const all = (await pods.all()).toSorted((a, b) => a.at.localeCompare(b.at))
      for (const pod of due) {
        const first = all.find(({ application }) => application === pod.application)
        try {
          await settle(pod, first === undefined || first.uid === pod.uid)
        } catch (error) {
          const { application, namespace, name } = pod
          logger.warn(
            { application, pod: `${namespace}/${name}`, err: error },
            'touched pod not looked after; tried again',
          )
          await pods.lookAgain(pod.uid, clock.now() + failedLookMs)
        }
      }
    },
  }
}

async function isWhole(cluster: Cluster, owner: ObjectRef, now: number): Promise<boolean> {
  const live = await cluster.own.get(owner)
  const context = { now, thresholds: defaultHealthThresholds }
  return live !== undefined && assessHealth(live, context).health === 'Healthy'
}

function nameOf({ namespace, name }: TouchedPod) {
  return { namespace, name }
}
