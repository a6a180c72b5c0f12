import { test } from 'tap'
import { createCluster } from '../../src/cluster/create-cluster.ts'
import type { RequestObservation } from '../../src/cluster/transport.ts'
import { testCluster } from '../support/test-cluster.ts'

test('discovery on the real server', async (t) => {
  const observed: RequestObservation[] = []
  const { cluster } = await testCluster(t, { onRequest: (one) => observed.push(one) })
  const { discovery } = cluster

  await t.test('knows kinds, versions and scopes', async (t) => {
    t.match(await discovery.version(), /^v1\.\d+\.\d+/)
    t.same(await discovery.find({ group: 'apps', kind: 'Deployment' }), {
      group: 'apps',
      version: 'v1',
      kind: 'Deployment',
      resource: 'deployments',
      namespaced: true,
    })
    t.match(await discovery.find({ group: '', kind: 'Namespace' }), { namespaced: false })
    t.match(await discovery.find({ group: 'autoscaling', kind: 'HorizontalPodAutoscaler' }), {
      version: 'v2',
    })
    const versions = await discovery.apiVersions()
    for (const one of ['v1', 'v1/Pod', 'apps/v1', 'apps/v1/Deployment'])
      t.ok(versions.includes(one))
  })

  await t.test('costs two requests without a body once it is known', async (t) => {
    observed.length = 0
    discovery.refresh()

    await discovery.find({ group: 'apps', kind: 'Deployment' })

    t.same(
      observed.map(({ verb, code }) => `${verb} ${code}`),
      ['get 304', 'get 304'],
    )
  })
})

test('a cluster whose kubeconfig is missing fails what is asked of it, not its making', async (t) => {
  const cluster = createCluster(
    { name: 'prod', kind: 'kubeconfig', file: '/nonexistent/kubeconfig', context: undefined },
    { version: '1.2.3' },
  )

  await t.rejects(cluster.inventory.read('app'), {
    code: 'CONFIG_INVALID',
    text: /^cluster prod: \/nonexistent\/kubeconfig is no readable kubeconfig: ENOENT/,
  })
  await t.resolves(cluster.close())
})
