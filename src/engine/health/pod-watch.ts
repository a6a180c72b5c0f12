import { asStageError, type StageError } from '../../domain/error.ts'
import type { KubeObject } from '../../domain/kube-object.ts'
import { type FollowDeps, followObjects } from '../follow-objects.ts'
import { failsToStart } from './assess-container.ts'
import { containersOf, startOf } from './containers-of.ts'
import { readPodSelector } from './label-selector.ts'
import { createReplicaSetList } from './replica-set-list.ts'

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

/** undefined: the object has no selector, so no pods of its own. */
export function startPodWatch(
  deps: FollowDeps,
  workload: KubeObject,
  onChange: () => void,
): PodWatch | undefined {
  const labelSelector = readPodSelector(workload)
  const { namespace } = workload.metadata
  if (labelSelector === undefined || namespace === undefined) return undefined
  const stopper = new AbortController()
  const pods = new Map<string, KubeObject>()
  const failingSince = new Map<string, number>()
  const replicaSets = createReplicaSetList(deps, { namespace, labelSelector }, onChange)
  let trouble: StageError | undefined

  function see(pod: KubeObject, seenFailing: number): void {
    const uid = pod.metadata.uid ?? pod.metadata.name
    pods.set(uid, pod)
    if (!containersOf(pod).some(({ status }) => failsToStart(status))) failingSince.delete(uid)
    else if (!failingSince.has(uid)) failingSince.set(uid, seenFailing)
  }

  // It ends with stop() and fails into the catch below, so nobody needs to wait for it.
  void followObjects(
    deps,
    { group: '', version: 'v1', kind: 'Pod', namespace, labelSelector },
    {
      onList(objects) {
        trouble = undefined
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
    },
    stopper.signal,
  ).catch((error: unknown) => {
    // Pods only add the reason: a rollout whose pods may not be read is still waited for.
    trouble = asStageError(error)
    onChange()
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
    update: (object) => replicaSets.update(object),
    stop() {
      stopper.abort()
      replicaSets.stop()
    },
  }
}
