import { test } from 'tap'
import type { WatchEvent } from '../../src/cluster/cluster.ts'
import type { KubeObject } from '../../src/domain/kube-object.ts'
import { refOf } from '../../src/domain/kube-object.ts'
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
  const { cluster, namespace } = await testCluster(t)
  const { signal } = new AbortController()

  const seen: WatchEvent[] = []
  const query = { group: '', kind: 'ConfigMap', namespace }
  for await (const event of cluster.own.watch(query, { resourceVersion: '1', signal })) {
    seen.push(event)
  }

  t.same(seen, [{ type: 'GONE' }])
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
