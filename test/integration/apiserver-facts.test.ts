import { test } from 'tap'
import type { KubeObject } from '../../src/domain/kube-object.ts'
import { refOf } from '../../src/domain/kube-object.ts'
import { aNewKind } from '../support/a-new-kind.ts'
import { entryOf, sealOf, web } from '../support/ownership.ts'
import { testCluster } from '../support/test-cluster.ts'

// What the engine takes for granted about kube-apiserver and kubectl. A new Kubernetes version
// that breaks one of these breaks drift detection: it is to be seen here first.

test('an apply that changes nothing keeps resourceVersion and managedFields', async (t) => {
  const { cluster, namespace } = await testCluster(t)
  // Kinds with defaults that no controller writes to, so that nobody else moves the version.
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace },
    spec: { selector: { app: 'web' }, ports: [{ port: 80, protocol: 'TCP' }] },
  }
  const settings = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace },
    data: { a: '1' },
  }
  for (const object of [service, settings]) {
    const first = (await cluster.own.apply(object)).object

    const again = (await cluster.own.apply(object)).object

    t.equal(again.metadata.resourceVersion, first.metadata.resourceVersion)
    t.same(again.metadata.managedFields, first.metadata.managedFields)
  }
})

test('the same holds for a custom resource with defaults', async (t) => {
  const { cluster, namespace, kubectl } = await testCluster(t)
  const { group, kind } = await aNewKind(cluster, namespace, kubectl)
  t.teardown(() => kubectl('delete', 'crd', `widgets.${group}`, '--wait=false'))
  const metadata = { name: 'w', namespace }
  const widget: KubeObject = { apiVersion: `${group}/v1`, kind, metadata, spec: { size: 1 } }
  const first = (await cluster.own.apply(widget)).object

  const again = (await cluster.own.apply(widget)).object

  t.match(first, { spec: { size: 1, colour: 'blue' } })
  t.equal(again.metadata.resourceVersion, first.metadata.resourceVersion)
})

const podTemplate = {
  spec: { restartPolicy: 'Never', containers: [{ name: 'app', image: 'web:1' }] },
}

test('an apply that names a version', async (t) => {
  const { cluster, namespace } = await testCluster(t)
  const settings = (a: string, resourceVersion: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace, resourceVersion },
    data: { a },
  })
  const conflict = { code: 'OBJECT_CONFLICT' }

  await t.test('that no object has makes a new one, for one of all who ask', async (t) => {
    const asked = Array.from({ length: 10 }, (_, at) => cluster.own.apply(settings(`${at}`, '1')))
    const answers = await Promise.allSettled(asked)

    const made = answers.filter(({ status }) => status === 'fulfilled')
    t.match(made, [{ value: { created: true } }])
    t.match(
      answers.filter(({ status }) => status === 'rejected'),
      Array.from({ length: 9 }, () => ({ reason: conflict })),
    )
  })

  await t.test('that no object has makes one of any kind, and never a second time', async (t) => {
    const others: readonly (readonly [apiVersion: string, kind: string, spec: object])[] = [
      ['v1', 'Secret', { data: {} }],
      ['v1', 'Service', { spec: { ports: [{ port: 80, protocol: 'TCP' }] } }],
      ['v1', 'ServiceAccount', {}],
      ['v1', 'ResourceQuota', { spec: { hard: { pods: '9' } } }],
      ['v1', 'LimitRange', { spec: { limits: [{ type: 'Pod', max: { cpu: '9' } }] } }],
      ['apps/v1', 'Deployment', { spec: web(namespace)['spec'] }],
      ['batch/v1', 'Job', { spec: { suspend: true, template: podTemplate } }],
      ['policy/v1', 'PodDisruptionBudget', { spec: { minAvailable: 1 } }],
      ['networking.k8s.io/v1', 'NetworkPolicy', { spec: { podSelector: {} } }],
      ['rbac.authorization.k8s.io/v1', 'Role', { rules: [] }],
      ['coordination.k8s.io/v1', 'Lease', { spec: { holderIdentity: 'nobody' } }],
    ]
    for (const [apiVersion, kind, spec] of others) {
      const metadata = { name: 'first', namespace, resourceVersion: '1' }
      const object: KubeObject = { apiVersion, kind, metadata, ...spec }

      t.match(await cluster.own.apply(object), { created: true }, kind)
      await t.rejects(cluster.own.apply(object), conflict, kind)
    }
  })

  await t.test('writes onto that one alone, and owns no more for it', async (t) => {
    const ref = refOf(settings('', ''))
    const before = (await cluster.own.get(ref))?.metadata.resourceVersion ?? ''
    const { object } = await cluster.own.apply(settings('new', before))

    await t.rejects(cluster.own.apply(settings('old', before)), conflict)
    t.notMatch(JSON.stringify(object.metadata.managedFields), 'resourceVersion')
  })
})

test('a JSON patch', async (t) => {
  const { cluster, namespace } = await testCluster(t)
  const { object } = await cluster.own.apply(web(namespace))
  const before = object.metadata.resourceVersion
  await cluster.own.apply(web(namespace, { replicas: 1 }))

  await t.test('with a resourceVersion that is not the latest is a conflict', async (t) => {
    await t.rejects(
      cluster.own.patchJson(refOf(object), [
        { op: 'replace', path: '/metadata/resourceVersion', value: before },
        { op: 'replace', path: '/spec/replicas', value: 0 },
      ]),
      { code: 'OBJECT_CONFLICT' },
    )
  })

  await t.test('whose test fails, or whose path is not there, is invalid', async (t) => {
    for (const operation of [
      { op: 'test', path: '/spec/replicas', value: 7 },
      { op: 'remove', path: '/spec/nothing' },
    ] as const) {
      await t.rejects(cluster.own.patchJson(refOf(object), [operation]), { code: 'OBJECT_INVALID' })
    }
  })
})

test('metadata alone carries managedFields and generation', async (t) => {
  const { cluster, namespace } = await testCluster(t)
  const { object } = await cluster.own.apply(web(namespace))
  const query = { group: 'apps', kind: 'Deployment', namespace, metadataOnly: true }

  const { items } = await cluster.own.list(query)

  t.equal(items.length, 1)
  t.notOk(items[0] && 'spec' in items[0])
  t.equal(items[0] && sealOf(items[0]), sealOf(object))
  t.equal(items[0]?.metadata.generation, 1)
})

test('after managedFields are wiped the next apply calls the rest before-first-apply', async (t) => {
  const { cluster, namespace } = await testCluster(t)
  const { object } = await cluster.own.apply(web(namespace))

  const wiped = await cluster.own.patchJson(refOf(object), [
    { op: 'replace', path: '/metadata/managedFields', value: [{}] },
  ])
  const reapplied = (await cluster.own.apply(web(namespace))).object

  t.notOk(wiped.metadata.managedFields?.length)
  t.equal(entryOf(reapplied, 'before-first-apply')?.operation, 'Update')
  t.equal(sealOf(reapplied), sealOf(object))
})

test('a selector that changes is told as immutable', async (t) => {
  const { cluster, namespace } = await testCluster(t)
  await cluster.own.apply(web(namespace))

  await t.rejects(
    cluster.own.apply(web(namespace, { selector: { matchLabels: { app: 'other' } } }), {
      dryRun: true,
    }),
    { code: 'OBJECT_INVALID', text: /spec\.selector: field is immutable/ },
  )
})

test('a dry-run into a namespace that is missing names it', async (t) => {
  const { cluster } = await testCluster(t)

  await t.rejects(cluster.own.apply(web('no-such-namespace'), { dryRun: true }), {
    code: 'OBJECT_NOT_FOUND',
    text: 'deployments.apps web: namespace no-such-namespace does not exist; create it, or declare it in the same application',
  })
})

test('an apply into a namespace on its way out is OBJECT_TERMINATING', async (t) => {
  const { cluster, namespace, kubectl } = await testCluster(t)
  const keeper: KubeObject = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'keeper', namespace, finalizers: ['example.com/hold'] },
  }
  await cluster.own.apply(keeper)
  t.teardown(() =>
    kubectl('patch', 'configmap/keeper', '--type=merge', '-p', '{"metadata":{"finalizers":null}}'),
  )
  await kubectl('delete', 'namespace', namespace, '--wait=false')

  await t.rejects(cluster.own.apply(web(namespace)), { code: 'OBJECT_TERMINATING' })
})
