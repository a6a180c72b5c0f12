import { asStageError, type StageError } from '../../domain/error.ts'
import type { KubeObject } from '../../domain/kube-object.ts'
import { type FollowDeps, type Follower, followObjects } from '../follow-objects.ts'
import type { PodSelection } from './label-selector.ts'

/** The pods of many workloads. */
export interface PodFeeds {
  /** Until the answer is called. `onTrouble` is also told what ends it for good. */
  follow(selection: PodSelection, follower: Follower): () => void
}

interface Subscriber {
  readonly selection: PodSelection
  readonly follower: Follower
}

// Below that, the pods of the workloads alone are fewer than those of the namespace.
const shareFrom = 4

/** Whoever begins within so long is seen together: after an apply that is most of them. */
export const gatherMs = 20

/**
 * One list and one watch for each workload, or for the whole namespace where many of its workloads
 * are followed at once.
 */
export function createPodFeeds(deps: FollowDeps): PodFeeds {
  const places = new Map<string, Place>()
  return {
    follow(selection, follower) {
      const place = places.get(selection.namespace) ?? createPlace(deps, selection.namespace)
      places.set(selection.namespace, place)
      const subscriber = { selection, follower }
      place.add(subscriber)
      return () => place.remove(subscriber)
    },
  }
}

interface Place {
  add(subscriber: Subscriber): void
  remove(subscriber: Subscriber): void
}

function createPlace(deps: FollowDeps, namespace: string): Place {
  const waiting = new Set<Subscriber>()
  const alone = new Map<Subscriber, AbortController>()
  const shared = createSharedFeed(deps, namespace)

  let cancel = () => {}

  function decide(): void {
    const newcomers = [...waiting]
    waiting.clear()
    const isShared = shared.isRunning() || alone.size + newcomers.length >= shareFrom
    for (const one of newcomers) {
      if (isShared) shared.add(one)
      else alone.set(one, followAlone(deps, one))
    }
  }

  return {
    add(subscriber) {
      if (waiting.size === 0) cancel = deps.timers.after(gatherMs, decide)
      waiting.add(subscriber)
    },
    remove(subscriber) {
      waiting.delete(subscriber)
      if (waiting.size === 0) cancel()
      alone.get(subscriber)?.abort()
      alone.delete(subscriber)
      shared.remove(subscriber)
    },
  }
}

function followAlone(deps: FollowDeps, { selection, follower }: Subscriber): AbortController {
  const { namespace, labelSelector } = selection
  const stopper = new AbortController()
  const query = { group: '', version: 'v1', kind: 'Pod', namespace, labelSelector }
  follow(deps, query, { follower, signal: stopper.signal })
  return stopper
}

function follow(
  deps: FollowDeps,
  query: Parameters<typeof followObjects>[1],
  { follower, signal }: { readonly follower: Follower; readonly signal: AbortSignal },
): void {
  // Pods only add the reason: a rollout whose pods may not be read is still waited for.
  followObjects(deps, query, follower, signal).catch((error: unknown) => {
    if (!signal.aborted) follower.onTrouble(asStageError(error))
  })
}

interface SharedFeed extends Place {
  isRunning(): boolean
}

/** Of a whole namespace: each subscriber is told of the pods that its selector finds. */
function createSharedFeed(deps: FollowDeps, namespace: string): SharedFeed {
  const subscribers = new Set<Subscriber>()
  let pods: Map<string, KubeObject> | undefined
  let trouble: StageError | undefined
  let stopper: AbortController | undefined

  const matching = (pod: KubeObject | undefined) =>
    Array.from(subscribers).filter(({ selection }) => pod !== undefined && selection.matches(pod))
  const tellList = ({ selection, follower }: Subscriber): void =>
    follower.onList(Array.from(pods?.values() ?? []).filter(selection.matches))

  const hub: Follower = {
    onList(objects) {
      trouble = undefined
      pods = new Map(objects.map((pod) => [keyOf(pod), pod]))
      for (const one of subscribers) tellList(one)
    },
    onChange(pod) {
      const before = matching(pods?.get(keyOf(pod)))
      const after = matching(pod)
      pods?.set(keyOf(pod), pod)
      for (const { follower } of after) follower.onChange(pod)
      for (const one of before) if (!after.includes(one)) one.follower.onDelete(pod)
    },
    onDelete(last) {
      const before = matching(pods?.get(keyOf(last)) ?? last)
      pods?.delete(keyOf(last))
      for (const { follower } of before) follower.onDelete(last)
    },
    onTrouble(error) {
      trouble = error
      for (const { follower } of subscribers) follower.onTrouble(error)
    },
  }

  return {
    isRunning: () => stopper !== undefined,
    add(subscriber) {
      subscribers.add(subscriber)
      if (stopper === undefined) {
        stopper = new AbortController()
        const query = { group: '', version: 'v1', kind: 'Pod', namespace }
        follow(deps, query, { follower: hub, signal: stopper.signal })
      } else if (trouble !== undefined) subscriber.follower.onTrouble(trouble)
      else if (pods !== undefined) tellList(subscriber)
    },
    remove(subscriber) {
      subscribers.delete(subscriber)
      if (subscribers.size > 0) return
      stopper?.abort()
      stopper = undefined
      pods = undefined
      trouble = undefined
    },
  }
}

function keyOf({ metadata }: KubeObject): string {
  return metadata.uid ?? metadata.name
}
