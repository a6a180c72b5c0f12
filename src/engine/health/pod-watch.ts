import type { StageError } from '../../domain/error.ts'
import type { KubeObject } from '../../domain/kube-object.ts'
import type { FollowDeps } from '../follow-objects.ts'
import { failsToStart } from './assess-container.ts'
import { containersOf, startOf } from './containers-of.ts'
import { podSelection } from './label-selector.ts'
import type { PodFeeds } from './pod-feeds.ts'
import { createReplicaSetList } from './replica-set-list.ts'
import type { ReplicaSetReads } from './replica-set-reads.ts'

/** The pods of one workload, seen while its rollout is going on. */
export interface PodWatch {
  readonly pods: readonly KubeObject[]
  readonly replicaSets: readonly KubeObject[]
  readonly failingSince: ReadonlyMap<string, number>
  /** Why the pods are not known. */
  readonly trouble: StageError | undefined
  /** The workload as seen last: a Deployment's revision tells which ReplicaSet to know. */
  update(workload: KubeObject): void
  stop(): void
}

export interface PodWatchDeps extends Pick<FollowDeps, 'clock' | 'timers'> {
  readonly pods: PodFeeds
  readonly replicaSets: ReplicaSetReads
}

/** undefined: the object has no selector, so no pods of its own. */
export function startPodWatch(
  deps: PodWatchDeps,
  workload: KubeObject,
  onChange: () => void,
): PodWatch | undefined {
  const selection = podSelection(workload)
  if (selection === undefined) return undefined
  const pods = new Map<string, KubeObject>()
  const failingSince = new Map<string, number>()
  const replicaSets = createReplicaSetList(deps, selection, onChange)
  let trouble: StageError | undefined
  let latest = workload
  let isListed = false

  function see(pod: KubeObject, seenFailing: number): void {
    const uid = pod.metadata.uid ?? pod.metadata.name
    pods.set(uid, pod)
    if (!containersOf(pod).some(({ status }) => failsToStart(status))) failingSince.delete(uid)
    else if (!failingSince.has(uid)) failingSince.set(uid, seenFailing)
  }

  const stop = deps.pods.follow(selection, {
    onList(objects) {
      trouble = undefined
      isListed = true
      // In one turn for all whose pods are listed together: their ReplicaSets are, too.
      replicaSets.update(latest)
      pods.clear()
      // Nobody saw these begin to fail: they may have failed since they were started.
      for (const pod of objects) see(pod, startOf(pod) ?? deps.clock.now())
      onChange()
    },
    onChange(pod) {
      see(pod, deps.clock.now())
      onChange()
    },
    onDelete(pod) {
      const uid = pod.metadata.uid ?? pod.metadata.name
      pods.delete(uid)
      failingSince.delete(uid)
      onChange()
    },
    onTrouble(error) {
      trouble = error
      onChange()
    },
  })

  return {
    get pods() {
      return [...pods.values()]
    },
    get replicaSets() {
      return replicaSets.items
    },
    failingSince,
    get trouble() {
      return trouble
    },
    update(object) {
      latest = object
      if (isListed) replicaSets.update(object)
    },
    stop() {
      stop()
      replicaSets.stop()
    },
  }
}
