import type { Logger } from 'pino'
import type { Cluster } from '../src/cluster/cluster.ts'
import type { Application } from '../src/domain/application.ts'
import type { Clock } from '../src/domain/clock.ts'
import type { KubeObject, ObjectRef } from '../src/domain/kube-object.ts'
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
/** After its grace period: what a lost node or a finalizer keeps holds nobody back for ever. */
const overstayMs = 60_000

/**
 * Looks once after every pod in which somebody opened a shell and that is due: lets go of those that
 * have ended, and replaces, one at a time for each application, those that are to be replaced.
 */
export function createTouchedPodsKeeper(deps: TouchedPodsDeps): { look(): Promise<void> } {
  const { pods, records, clock, logger } = deps

  async function settle(pod: TouchedPod, claimedUntil: number): Promise<void> {
    const found = deps.applicationOf(pod.application)
    if (found?.application.cluster !== pod.cluster) return forget(pod)
    const { application, cluster } = found
    const live = await cluster.own.get(podRef(pod))
    if (live?.metadata.uid !== pod.uid || hasEnded(live)) return gone(pod)
    const now = clock.now()
    const leavesBy = live.metadata.deletionTimestamp
    if (leavesBy !== undefined) return leaving(pod, Date.parse(leavesBy))
    // It was to leave and did not, as a worker ended or the API server did not answer: others first.
    if (await pods.endTurn(pod)) return again(pod, now + heldLookMs)
    const lookAt = await keptUntil(pod, live, application)
    if (lookAt !== undefined) return again(pod, lookAt)
    if (!(await pods.takeTurn(pod))) return again(pod, now + leavingLookMs)
    return replace(pod, cluster, claimedUntil)
  }

  /** undefined: it is to be replaced now. */
  async function keptUntil(pod: TouchedPod, live: KubeObject, application: Application) {
    const now = clock.now()
    const [standing] = await deps.standing.read([pod.application])
    const isPaused = standing?.paused !== undefined
    const step = decideTouched(pod, application.touchedPods, { now, isPaused })
    if (step.kind === 'keep') return step.again
    return isIrreplaceable(live, pod, application) ? now + heldLookMs : undefined
  }

  /** By whoever's hand it leaves: the others wait. */
  async function leaving(pod: TouchedPod, leavesBy: number): Promise<void> {
    const now = clock.now()
    await (now > leavesBy + overstayMs ? pods.endTurn(pod) : pods.takeTurn(pod))
    return again(pod, now + leavingLookMs)
  }

  /** It has the turn, and gives it back unless it leaves. */
  async function replace(pod: TouchedPod, cluster: Cluster, claimedUntil: number): Promise<void> {
    const isWhole = await isOwnerWhole(cluster, pod, clock.now()).catch(async (error: unknown) => {
      await pods.endTurn(pod)
      throw error
    })
    // Another worker looks after it by now, and whoever has the turn may be another pod.
    if (clock.now() >= claimedUntil) return
    const answer = isWhole ? await cluster.own.evict(podRef(pod), pod.uid) : 'waits'
    const now = clock.now()
    if (answer === 'gone') return gone(pod)
    const told = { application: pod.application, pod: `${pod.namespace}/${pod.name}` }
    if (answer === 'evicted') {
      const { user, verb } = pod
      logger.info({ ...told, user, verb }, 'touched pod evicted, to be replaced')
      return again(pod, now + leavingLookMs)
    }
    await pods.endTurn(pod)
    if (answer === 'held') {
      logger.info({ ...told, user: pod.user }, 'touched pod waits for its disruption budget')
    }
    return again(pod, now + heldLookMs)
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
      const claimedUntil = now + claimMs
      const due = await pods.claim(now, claimedUntil)
      for (const pod of due.toSorted((a, b) => a.at.localeCompare(b.at))) {
        if (clock.now() >= claimedUntil) return
        try {
          await settle(pod, claimedUntil)
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

/** Nothing runs in it any more. */
function hasEnded({ status }: KubeObject): boolean {
  const phase = (status as { readonly phase?: unknown } | undefined)?.phase
  return phase === 'Succeeded' || phase === 'Failed'
}

/** What runs to an end, as a Job, does not begin where it was; a pod of Git comes back by a heal. */
function isIrreplaceable(
  { spec }: KubeObject,
  { owner }: TouchedPod,
  { sync }: Application,
): boolean {
  const { restartPolicy } = spec as { readonly restartPolicy?: unknown }
  return restartPolicy !== 'Always' || (owner.kind === 'Pod' && sync.drift !== 'heal')
}

/** What is not whole has no pod to spare; a pod of its own is all there is. */
async function isOwnerWhole(
  cluster: Cluster,
  { owner }: TouchedPod,
  now: number,
): Promise<boolean> {
  if (owner.kind === 'Pod') return true
  const live = await cluster.own.get(owner)
  const context = { now, thresholds: defaultHealthThresholds }
  return live !== undefined && assessHealth(live, context).health === 'Healthy'
}

function podRef({ namespace, name }: TouchedPod): ObjectRef {
  return { group: '', version: 'v1', kind: 'Pod', namespace, name }
}
