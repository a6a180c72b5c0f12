import type { ListQuery, ObjectClient, WatchEvent } from '../cluster/cluster.ts'
import type { Clock } from '../domain/clock.ts'
import { asStageError, type StageError } from '../domain/error.ts'
import type { KubeObject } from '../domain/kube-object.ts'
import { pause, type Timers } from './timers.ts'
import { type Listed, type WatchLists, watchList } from './watch-list.ts'

export interface FollowDeps {
  readonly client: Pick<ObjectClient, 'list' | 'watch'>
  readonly clock: Clock
  readonly timers: Timers
  /** Left out: everything is listed before it is watched. */
  readonly lists?: WatchLists
}

export interface Follower {
  /** All there are: what was seen before and is not among them is gone. */
  onList(objects: readonly KubeObject[]): void
  onChange(object: KubeObject): void
  /** `last` is its state when it went. */
  onDelete(last: KubeObject): void
  /** The server has no such kind. Left out: `onList` is told that there is nothing. */
  onUnserved?(): void
  /** The cluster cannot be asked just now; it will be asked again. */
  onTrouble(error: StageError): void
}

// A server that ends every watch at once must not be asked for whole lists in a loop.
const listEveryMs = 1_000

/**
 * Tells what the query selects, from one list and the watches that follow it, until the signal
 * aborts. A watch that ends is opened again where it ended, at most once a second; where that is
 * too long ago for the server, all is listed again. A kind that the server does not know ends it.
 * Throws StageError when no asking again can help.
 */
export async function followObjects(
  deps: FollowDeps,
  query: ListQuery,
  follower: Follower,
  signal: AbortSignal,
): Promise<void> {
  let from: string | undefined
  while (!signal.aborted) {
    const listedAt = deps.clock.now()
    let restMs = listEveryMs
    try {
      from = await goOn(deps, query, { follower, from, signal })
    } catch (error: unknown) {
      if (signal.aborted) return
      from = undefined
      const failure = asStageError(error)
      if (failure.code === 'PLAN_UNKNOWN_KIND') return tellUnserved(follower)
      if (failure.retry.kind === 'never') throw failure
      if (failure.retry.kind === 'after') restMs = Math.max(restMs, failure.retry.ms)
      follower.onTrouble(failure)
    }
    // The clock may have been set meanwhile: it never makes the rest longer.
    const passed = Math.max(0, deps.clock.now() - listedAt)
    await pause(deps.timers, restMs - passed, signal)
  }
}

function tellUnserved(follower: Follower): void {
  if (follower.onUnserved === undefined) follower.onList([])
  else follower.onUnserved()
}

interface Going {
  readonly follower: Follower
  /** resourceVersion of what was told last; undefined: nothing was, or too long ago. */
  readonly from: string | undefined
  readonly signal: AbortSignal
}

/** One watch, to its end; gives where the next one begins. */
async function goOn(
  deps: FollowDeps,
  query: ListQuery,
  { follower, from, signal }: Going,
): Promise<string | undefined> {
  let last = from
  for await (const event of eventsFrom(deps, query, { from, signal })) {
    if (event.type === 'GONE') return undefined
    if (signal.aborted) return last
    if (event.type === 'LIST') follower.onList(event.items)
    else if (event.type === 'DELETED') follower.onDelete(event.object)
    else if (event.type !== 'BOOKMARK') follower.onChange(event.object)
    last = ('object' in event ? event.object.metadata : event).resourceVersion ?? last
  }
  return last
}

async function* eventsFrom(
  deps: FollowDeps,
  query: ListQuery,
  { from, signal }: Pick<Going, 'from' | 'signal'>,
): AsyncGenerator<WatchEvent | Listed> {
  const { client, lists } = deps
  if (from === undefined && lists?.isServed(query) === true) {
    const isDone = yield* watchList({ ...deps, lists }, query, signal)
    if (isDone) return
  }
  let resourceVersion = from
  if (resourceVersion === undefined) {
    const list = await client.list(query)
    yield { type: 'LIST', ...list }
    resourceVersion = list.resourceVersion
  }
  yield* client.watch(query, { resourceVersion, signal })
}
