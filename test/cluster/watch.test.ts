import { type Test, test } from 'tap'
import type { WatchEvent } from '../../src/cluster/cluster.ts'
import type { Transport } from '../../src/cluster/transport.ts'
import { watchEvents } from '../../src/cluster/watch-events.ts'
import type { KubeObject } from '../../src/domain/kube-object.ts'
import { refOf } from '../../src/domain/kube-object.ts'
import { aNewKind } from '../support/a-new-kind.ts'
import { aTransport } from '../support/a-transport.ts'
import { type Reply, reset, scriptedServer, status } from '../support/scripted-server.ts'
import { testCluster } from '../support/test-cluster.ts'

function aConfigMap(namespace: string, data: Record<string, string>): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace }, data }
}

test('a watch tells what happens after its list', async (t) => {
  const { cluster, namespace } = await testCluster(t)
  const query = {
    group: '',
    kind: 'ConfigMap',
    namespace,
    fieldSelector: 'metadata.name=settings',
    metadataOnly: true,
  }
  const abort = new AbortController()
  const { resourceVersion } = await cluster.own.list(query)
  const events = cluster.own.watch(query, { resourceVersion, signal: abort.signal })
  const seen: WatchEvent[] = []

  const { object } = await cluster.own.apply(aConfigMap(namespace, { a: '1' }))
  await cluster.own.apply(aConfigMap(namespace, { a: '2' }))
  const uid = object.metadata.uid ?? ''
  await cluster.own.remove(refOf(object), { uid, propagation: 'Background' })
  for await (const event of events) {
    if (event.type !== 'BOOKMARK') seen.push(event)
    if (event.type === 'DELETED') abort.abort()
  }

  t.match(seen, [
    { type: 'ADDED', object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { uid } } },
    { type: 'MODIFIED', object: { metadata: { managedFields: [{ manager: 'landfall' }] } } },
    { type: 'DELETED' },
  ])
  t.notOk(seen.some((event) => 'object' in event && 'data' in event.object))
})

test('a watch that is aborted before it begins is empty', async (t) => {
  const { cluster, namespace } = await testCluster(t)
  const query = { group: '', kind: 'ConfigMap', namespace }
  const signal = AbortSignal.abort()

  for await (const event of cluster.own.watch(query, { resourceVersion: '1', signal })) {
    t.fail(`unexpected ${event.type}`)
  }
  t.pass()
})

test('a watch that is aborted while nothing happens ends', async (t) => {
  const abort = new AbortController()
  const { cluster, namespace } = await testCluster(t, {
    onRequest: ({ verb }) => {
      if (verb === 'watch') setImmediate(() => abort.abort())
    },
  })
  const query = { group: '', kind: 'Secret', namespace }
  const { resourceVersion } = await cluster.own.list(query)

  const watch = cluster.own.watch(query, { resourceVersion, signal: abort.signal })

  for await (const event of watch) t.equal(event.type, 'BOOKMARK')
  t.ok(abort.signal.aborted)
})

test('R16: a watch from before what the server remembers is GONE', async (t) => {
  const { cluster, namespace, kubectl } = await testCluster(t)
  const kind = await aNewKind(cluster, namespace, kubectl)
  t.teardown(() => kubectl('delete', 'crd', `widgets.${kind.group}`, '--wait=false'))
  const { signal } = new AbortController()

  const seen: WatchEvent[] = []
  for await (const event of cluster.own.watch(kind, { resourceVersion: '1', signal })) {
    seen.push(event)
  }

  t.same(seen, [{ type: 'GONE' }])
})

test('R16: an expired watch is GONE in both ways the server says it', async (t) => {
  const expired = status(410, 'too old resource version: 1 (9)', { reason: 'Expired' })
  const asEvent: Reply = (response) => {
    const object = { kind: 'Status', code: 410, message: 'too old resource version' }
    response.end(`${JSON.stringify({ type: 'ERROR', object })}\n`)
  }
  for (const reply of [expired, asEvent]) {
    t.same(await eventsOf(t, reply), [{ type: 'GONE' }])
  }
})

test('R16: a stream that breaks ends without an error', async (t) => {
  const broken: Reply = (response, request) => {
    response.write(`${bookmark('7')}\n{"type":"ADD`, () => reset(response, request))
  }

  t.same(await eventsOf(t, broken), [{ type: 'BOOKMARK', resourceVersion: '7' }])
})

test('a stream that is silent for more than two bookmarks ends without an error', async (t) => {
  const told: Reply = (response) => response.write(`${bookmark('7')}\n`)
  const server = await scriptedServer(t, told)
  const { transport } = aTransport(t, server.origin)
  const patience: number[] = []
  const hasty: Transport = {
    ...transport,
    stream(request, maxIdleMs) {
      patience.push(maxIdleMs)
      return transport.stream(request, 100)
    },
  }

  t.same(await eventsBy(hasty), [{ type: 'BOOKMARK', resourceVersion: '7' }])
  t.ok(patience.every((ms) => ms > 120_000 && ms <= 180_000))
})

test('an ERROR event that is not about age is an error, and so is nonsense', async (t) => {
  const error = { type: 'ERROR', object: { code: 500, message: 'etcdserver: leader changed' } }
  const line =
    (text: string): Reply =>
    (response) =>
      response.end(`${text}\n`)

  await t.rejects(eventsOf(t, line(JSON.stringify(error))), { code: 'CLUSTER_ERROR' })
  await t.rejects(eventsOf(t, line('<html>')), { code: 'CLUSTER_ERROR' })
  await t.rejects(eventsOf(t, line('{"type":"ADDED","object":{}}')), { code: 'CLUSTER_ERROR' })
})

test('a closed cluster ends its watches', async (t) => {
  const { cluster, namespace } = await testCluster(t)
  const query = { group: '', kind: 'ConfigMap', namespace }
  const { resourceVersion } = await cluster.own.list(query)
  const { signal } = new AbortController()
  const watch = cluster.own.watch(query, { resourceVersion, signal })[Symbol.asyncIterator]()
  await cluster.own.apply(aConfigMap(namespace, { a: '1' }))
  t.match(await watch.next(), { value: { type: /ADDED|MODIFIED/ } })

  // A new namespace may still be given its root certificates meanwhile.
  const untilEnd = async () => {
    for (let next = await watch.next(); next.done !== true; ) next = await watch.next()
  }
  const ended = untilEnd()
  await cluster.close()

  await t.resolves(ended)
})

test('a watch of an unknown kind says so', async (t) => {
  const { cluster } = await testCluster(t)
  const { signal } = new AbortController()
  const watch = cluster.own.watch(
    { group: 'example.com', kind: 'Widget' },
    { resourceVersion: '1', signal },
  )

  await t.rejects(watch[Symbol.asyncIterator]().next(), { code: 'PLAN_UNKNOWN_KIND' })
})

/** What a watch of ConfigMaps makes of one answer. */
async function eventsOf(t: Test, reply: Reply): Promise<WatchEvent[]> {
  const server = await scriptedServer(t, reply)
  return eventsBy(aTransport(t, server.origin).transport)
}

async function eventsBy(transport: Transport): Promise<WatchEvent[]> {
  const collection = {
    mapping: {
      group: '',
      version: 'v1',
      kind: 'ConfigMap',
      resource: 'configmaps',
      namespaced: true,
    },
    query: { group: '', kind: 'ConfigMap' },
    target: { resource: 'configmaps', group: '', kind: 'ConfigMap', namespace: '', name: '' },
  }
  const deps = { transport, serviceAccount: undefined, random: () => 0 }
  const { signal } = new AbortController()
  const events: WatchEvent[] = []
  for await (const event of watchEvents(deps, collection, { resourceVersion: '1', signal })) {
    events.push(event)
  }
  return events
}

function bookmark(resourceVersion: string): string {
  return JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion } } })
}
