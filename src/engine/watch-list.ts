import type { ListQuery, ObjectClient, ObjectList, WatchEvent } from '../cluster/cluster.ts'
import { StageError } from '../domain/error.ts'
import { type KubeObject, refKey, refOf } from '../domain/kube-object.ts'
import type { Timers } from './timers.ts'

/** All that a query selects, as of one version. */
export interface Listed extends ObjectList {
  readonly type: 'LIST'
}

/** Which kinds a server lists by the watch itself, as far as it was tried. */
export interface WatchLists {
  isServed(query: ListQuery): boolean
  refuse(query: ListQuery): void
}

/** Each API group may be served by another server. */
export function createWatchLists(): WatchLists {
  const refused = new Set<string>()
  return {
    isServed: ({ group }) => !refused.has(group),
    refuse: ({ group }) => {
      refused.add(group)
    },
  }
}

/** A server that ignores what it does not know would never say that the list is whole. */
const silentMs = 10_000

/**
 * One request in place of a list and a watch (KEP-3157), which costs the server no more memory than
 * a watch does. Gives false, having told nothing, where the server does not serve it.
 */
export async function* watchList(
  {
    client,
    timers,
    lists,
  }: {
    readonly client: Pick<ObjectClient, 'watch'>
    readonly timers: Timers
    readonly lists: WatchLists
  },
  query: ListQuery,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent | Listed, boolean> {
  const patience = limitSilence(timers)
  const stop = AbortSignal.any([signal, patience.signal])
  const watch = client.watch(query, { resourceVersion: undefined, signal: stop })
  const events = watch[Symbol.asyncIterator]()
  try {
    const first = await readList(events, patience)
    if (first === 'gone') return true
    if (first !== undefined) {
      yield first
      yield* { [Symbol.asyncIterator]: () => events }
    } else if (!signal.aborted) {
      lists.refuse(query)
      return false
    }
    return true
  } finally {
    await events.return?.()
  }
}

/** undefined: the watch ended before the list was whole, or was refused. */
async function readList(
  events: AsyncIterator<WatchEvent>,
  patience: Patience,
): Promise<Listed | 'gone' | undefined> {
  const found = new Map<string, KubeObject>()
  try {
    for (;;) {
      const { done, value: event } = await events.next()
      if (done === true) return undefined
      if (event.type === 'GONE') return 'gone'
      if (event.type === 'BOOKMARK' && event.endsList === true) {
        const { resourceVersion } = event
        return { type: 'LIST', resourceVersion, items: Array.from(found.values()) }
      }
      gather(found, event)
      patience.renew()
    }
  } catch (error) {
    if (error instanceof StageError && error.code === 'OBJECT_INVALID') return undefined
    throw error
  } finally {
    patience.end()
  }
}

function gather(found: Map<string, KubeObject>, event: WatchEvent): void {
  if (!('object' in event)) return
  const key = refKey(refOf(event.object))
  if (event.type === 'DELETED') found.delete(key)
  else found.set(key, event.object)
}

interface Patience {
  /** Aborts after a silence. */
  readonly signal: AbortSignal
  renew(): void
  end(): void
}

function limitSilence(timers: Timers): Patience {
  const silent = new AbortController()
  const wait = () => timers.after(silentMs, () => silent.abort())
  let cancel = wait()
  return {
    signal: silent.signal,
    renew() {
      cancel()
      cancel = wait()
    },
    end: () => cancel(),
  }
}
