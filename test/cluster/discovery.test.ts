import { type Test, test } from 'tap'
import { createDiscovery } from '../../src/cluster/discovery.ts'
import { aTransport } from '../support/a-transport.ts'
import { json, type Reply, scriptedServer } from '../support/scripted-server.ts'

function resource(resourceName: string, kind: string, scope = 'Namespaced') {
  return { resource: resourceName, responseKind: { group: '', version: '', kind }, scope }
}

const core = {
  kind: 'APIGroupDiscoveryList',
  items: [
    {
      metadata: {},
      versions: [
        {
          version: 'v1',
          resources: [resource('pods', 'Pod'), resource('namespaces', 'Namespace', 'Cluster')],
        },
      ],
    },
  ],
}

function groups(...extra: readonly unknown[]) {
  const autoscaling = {
    metadata: { name: 'autoscaling' },
    versions: ['v2', 'v1'].map((version) => ({
      version,
      resources: [resource('horizontalpodautoscalers', 'HorizontalPodAutoscaler')],
    })),
  }
  const stale = {
    metadata: { name: 'metrics.k8s.io' },
    versions: [{ version: 'v1beta1', freshness: 'Stale' }],
  }
  return { kind: 'APIGroupDiscoveryList', items: [autoscaling, stale, ...extra] }
}

const widgets = {
  metadata: { name: 'example.com' },
  versions: [{ version: 'v1', resources: [resource('widgets', 'Widget')] }],
}

/** A server whose `/apis` answers with the next of these. */
async function aDiscovery(t: Test, ...pages: readonly unknown[]) {
  let asked = 0
  const serve: Reply = (response, request) => {
    if (request.path === '/version') {
      json(200, { gitVersion: 'v1.36.3', major: '1', minor: '36' })(response, request)
    } else if (request.path === '/api') {
      json(200, core, { etag: '"core"' })(response, request)
    } else {
      const page = pages[Math.min(asked, pages.length - 1)]
      const etag = `"${pages.indexOf(page)}"`
      asked += 1
      const isKnown = request.headers['if-none-match'] === etag
      if (isKnown) response.writeHead(304).end()
      else json(200, page, { etag })(response, request)
    }
  }
  const server = await scriptedServer(t, serve)
  const clock = { time: 10_000, now: () => clock.time }
  const { transport } = aTransport(t, server.origin, { clock })
  const reads = () => server.seen.filter(({ path }) => path === '/apis').length
  return { discovery: createDiscovery(transport, clock), clock, server, reads }
}

test('find', async (t) => {
  await t.test('knows the preferred version, any other served, and the scope', async (t) => {
    const { discovery } = await aDiscovery(t, groups())
    const hpa = { group: 'autoscaling', kind: 'HorizontalPodAutoscaler' }

    t.match(await discovery.find(hpa), { version: 'v2', resource: 'horizontalpodautoscalers' })
    t.match(await discovery.find({ ...hpa, version: 'v1' }), { version: 'v1' })
    t.match(await discovery.find({ group: '', kind: 'Namespace' }), { namespaced: false })
    t.equal(await discovery.find({ ...hpa, version: 'v9' }), undefined)
  })

  await t.test('asks the server once for any number of kinds', async (t) => {
    const { discovery, server } = await aDiscovery(t, groups())

    await Promise.all(Array.from({ length: 10 }, () => discovery.find({ group: '', kind: 'Pod' })))
    await discovery.apiVersions()

    t.equal(server.seen.length, 2)
    t.match(server.seen[0]?.headers.accept, /g=apidiscovery\.k8s\.io;v=v2;/)
  })

  await t.test('looks again when a kind is missing, and finds what came meanwhile', async (t) => {
    const { discovery, clock } = await aDiscovery(t, groups(), groups(widgets))
    await discovery.find({ group: '', kind: 'Pod' })
    clock.time += 1_000

    t.match(await discovery.find({ group: 'example.com', kind: 'Widget' }), { resource: 'widgets' })
  })

  await t.test('looks again at most once a second', async (t) => {
    const { discovery, clock, reads } = await aDiscovery(t, groups())
    const missing = { group: 'example.com', kind: 'Widget' }
    for (let i = 0; i < 20; i += 1) t.equal(await discovery.find(missing), undefined)
    t.equal(reads(), 1)

    clock.time += 1_000
    for (let i = 0; i < 20; i += 1) await discovery.find(missing)
    t.equal(reads(), 2)
  })

  await t.test('keeps what it knows when the server says that nothing changed', async (t) => {
    const { discovery, clock, server } = await aDiscovery(t, groups())
    await discovery.find({ group: '', kind: 'Pod' })
    clock.time += 1_000
    await discovery.find({ group: 'example.com', kind: 'Widget' })

    t.equal(server.seen.at(-1)?.headers['if-none-match'] !== undefined, true)
    t.match(await discovery.find({ group: '', kind: 'Pod' }), { resource: 'pods' })
  })
})

test('refresh forgets kinds and version', async (t) => {
  const { discovery, server } = await aDiscovery(t, groups(widgets), groups())
  t.ok(await discovery.find({ group: 'example.com', kind: 'Widget' }))
  await discovery.version()

  discovery.refresh()

  t.notOk(await discovery.find({ group: 'example.com', kind: 'Widget' }))
  t.equal(await discovery.version(), 'v1.36.3')
  t.equal(server.seen.filter(({ path }) => path === '/version').length, 2)
})

test('apiVersions are those helm takes, sorted', async (t) => {
  const { discovery } = await aDiscovery(t, groups())

  t.same(await discovery.apiVersions(), [
    'autoscaling/v1',
    'autoscaling/v1/HorizontalPodAutoscaler',
    'autoscaling/v2',
    'autoscaling/v2/HorizontalPodAutoscaler',
    'metrics.k8s.io/v1beta1',
    'v1',
    'v1/Namespace',
    'v1/Pod',
  ])
})

test('what charts are rendered by is at most ten seconds old', async (t) => {
  const { discovery, clock, server } = await aDiscovery(t, groups(), groups(widgets))
  t.notOk((await discovery.apiVersions()).includes('example.com/v1/Widget'))
  await discovery.version()

  clock.time += 9_999
  t.notOk((await discovery.apiVersions()).includes('example.com/v1/Widget'))
  clock.time += 1
  t.ok((await discovery.apiVersions()).includes('example.com/v1/Widget'))
  await discovery.version()

  t.equal(server.seen.filter(({ path }) => path === '/version').length, 2)
})

test('a kind of an aggregated API that does not answer is not said to be gone', async (t) => {
  const { discovery } = await aDiscovery(t, groups())

  await t.rejects(discovery.find({ group: 'metrics.k8s.io', kind: 'PodMetrics' }), {
    code: 'CLUSTER_UNREACHABLE',
    text: /API group metrics\.k8s\.io does not answer/,
  })
})

test('a server without aggregated discovery is refused with the version it takes', async (t) => {
  const { discovery } = await aDiscovery(t, { kind: 'APIGroupList', groups: [] })

  await t.rejects(discovery.find({ group: '', kind: 'Pod' }), {
    code: 'CLUSTER_ERROR',
    text: /Kubernetes 1\.27 or newer/,
    retry: { kind: 'never' },
  })
})
