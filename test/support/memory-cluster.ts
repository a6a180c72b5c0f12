import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ListQuery, ObjectClient, WatchEvent } from '../../src/cluster/cluster.ts'
import { StageError } from '../../src/domain/error.ts'
import { groupKind, type KubeObject, refKey, refOf } from '../../src/domain/kube-object.ts'
import type { AwaitHealthDeps } from '../../src/engine/await-health.ts'
import { readField } from '../../src/engine/health/read-field.ts'

/** Objects in memory behind the reading half of the port, and the faults a server has. */
export interface MemoryCluster {
  readonly cluster: AwaitHealthDeps['cluster']
  /** `list Deployment.apps shop`, in order. */
  readonly requests: string[]
  put(object: KubeObject): void
  remove(object: KubeObject): void
  /** What `POD/CONTAINER` wrote; of any other the log may not be read. */
  write(container: string, text: string): void
  /** Ends every open watch: as the server does in passing, or because its version is gone. */
  endWatches(how: 'closed' | 'gone'): void
  /** What the next reads of that kind throw; undefined: nothing any more. */
  refuse(kind: string, error: Error | undefined): void
  openWatches(): number
}

type Happening = Extract<WatchEvent, { type: 'ADDED' | 'MODIFIED' | 'DELETED' }>

interface OpenWatch {
  readonly query: ListQuery
  tell(event: WatchEvent | 'closed'): void
}

export function createMemoryCluster(): MemoryCluster {
  const objects = new Map<string, KubeObject>()
  /** What a watch that begins at its n-th version is told first. */
  const log: Happening[] = []
  const watches = new Set<OpenWatch>()
  const refusals = new Map<string, Error>()
  const requests: string[] = []
  const logs = new Map<string, string>()

  async function ask(verb: string, query: { group: string; kind: string; namespace?: string }) {
    requests.push([verb, groupKind(query), query.namespace].filter(Boolean).join(' '))
    await nextTurn()
    const refusal = refusals.get(query.kind)
    if (refusal !== undefined) throw refusal
  }

  function tell(type: 'MODIFIED' | 'DELETED', object: KubeObject): void {
    const resourceVersion = String(log.length + 1)
    const event = { type, object: { ...object, metadata: { ...object.metadata, resourceVersion } } }
    log.push(event)
    for (const watch of watches) if (selects(watch.query, object)) watch.tell(event)
  }

  const own: AwaitHealthDeps['cluster']['own'] = {
    async get(ref) {
      await ask('get', ref)
      return objects.get(refKey(ref))
    },
    async list(query) {
      await ask('list', query)
      const items = [...objects.values()].filter((object) => selects(query, object))
      return { resourceVersion: String(log.length), items }
    },
    watch: (query, { resourceVersion, signal }) => {
      const missed = log.slice(Number(resourceVersion)).filter((one) => selects(query, one.object))
      return openWatch(watches, { query, missed }, signal, () => ask('watch', query))
    },
    async readLog({ namespace, pod, container, isPrevious }) {
      const run = isPrevious ? ' previous' : ''
      requests.push(`log ${namespace}/${pod}/${container}${run}`)
      await nextTurn()
      const text = logs.get(`${pod}/${container}`)
      if (text === undefined) throw new StageError('CLUSTER_FORBIDDEN', 'may not get pods/log')
      return text
    },
  }
  const discovery: AwaitHealthDeps['cluster']['discovery'] = {
    async find({ group, version = 'v1', kind }) {
      return { group, version, kind, resource: `${kind.toLowerCase()}s`, namespaced: true }
    },
    async version() {
      return 'v1.36.3'
    },
    async apiVersions() {
      return []
    },
    refresh() {},
  }

  return {
    cluster: { own, discovery },
    requests,
    put(object) {
      objects.set(refKey(refOf(object)), object)
      tell('MODIFIED', object)
    },
    remove(object) {
      objects.delete(refKey(refOf(object)))
      tell('DELETED', object)
    },
    write(container, text) {
      logs.set(container, text)
    },
    endWatches(how) {
      for (const watch of watches) watch.tell(how === 'gone' ? { type: 'GONE' } : 'closed')
    },
    refuse(kind, error) {
      if (error === undefined) refusals.delete(kind)
      else refusals.set(kind, error)
    },
    openWatches: () => watches.size,
  }
}

async function* openWatch(
  watches: Set<OpenWatch>,
  { query, missed }: { readonly query: ListQuery; readonly missed: readonly Happening[] },
  signal: AbortSignal,
  ask: () => Promise<void>,
): ReturnType<ObjectClient['watch']> & AsyncGenerator<WatchEvent> {
  const queue: (WatchEvent | 'closed')[] = [...missed]
  let more = Promise.withResolvers<void>()
  const tell = (event: WatchEvent | 'closed') => {
    queue.push(event)
    more.resolve()
  }
  const watch = { query, tell }
  const close = () => tell('closed')
  watches.add(watch)
  signal.addEventListener('abort', close)
  try {
    await ask()
    for (;;) {
      const event = queue.shift()
      if (event === 'closed' || signal.aborted) return
      if (event !== undefined) yield event
      if (queue.length > 0) continue
      await more.promise
      more = Promise.withResolvers<void>()
    }
  } finally {
    signal.removeEventListener('abort', close)
    watches.delete(watch)
  }
}

function selects(query: ListQuery, object: KubeObject): boolean {
  const ref = refOf(object)
  const labels = object.metadata.labels ?? {}
  const fields = (query.fieldSelector ?? '').split(',').filter(Boolean)
  const wanted = (query.labelSelector ?? '').split(',').filter(Boolean)
  return (
    ref.group === query.group &&
    ref.kind === query.kind &&
    (query.namespace === undefined || ref.namespace === query.namespace) &&
    fields.every((pair) => {
      const [path = '', value] = pair.split('=')
      return readField(object, ...path.split('.')) === value
    }) &&
    wanted.every((pair) => labels[pair.split('=')[0] ?? ''] === pair.split('=')[1])
  )
}
