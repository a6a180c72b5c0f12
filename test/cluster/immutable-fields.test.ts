import { test } from 'tap'
import type { KubeObject } from '../../src/domain/kube-object.ts'
import { testCluster } from '../support/test-cluster.ts'

type Fields = Readonly<Record<string, unknown>>

const pod = (image: string, labels: Fields = { app: 'web' }) => ({
  metadata: { labels },
  spec: { containers: [{ name: 'web', image }] },
})
const workload = (fields: Fields) => ({
  selector: { matchLabels: { app: 'web' } },
  template: pod('web:1'),
  ...fields,
})
const other = { app: 'other' }
const otherSelector = { selector: { matchLabels: other }, template: pod('web:1', other) }
const job = (image: string) => ({
  template: { spec: { restartPolicy: 'Never', containers: [{ name: 'web', image }] } },
})
const claim = (storage: string) => ({
  accessModes: ['ReadWriteOnce'],
  storageClassName: 'none',
  resources: { requests: { storage } },
})
const rbac = 'rbac.authorization.k8s.io/v1'
const role = (name: string) => ({
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
})

// Kind, fields as they are made, fields that cannot be made of them.
const rows: readonly (readonly [
  apiVersion: string,
  kind: string,
  before: Fields,
  after: Fields,
])[] = [
  ['apps/v1', 'Deployment', { spec: workload({}) }, { spec: workload(otherSelector) }],
  ['apps/v1', 'DaemonSet', { spec: workload({}) }, { spec: workload(otherSelector) }],
  ['apps/v1', 'ReplicaSet', { spec: workload({}) }, { spec: workload(otherSelector) }],
  [
    'apps/v1',
    'StatefulSet',
    { spec: workload({ serviceName: 'a' }) },
    { spec: workload({ serviceName: 'b' }) },
  ],
  ['batch/v1', 'Job', { spec: job('web:1') }, { spec: job('web:2') }],
  ['v1', 'Pod', { spec: pod('web:1').spec }, { spec: { ...pod('web:1').spec, hostNetwork: true } }],
  [
    'v1',
    'Service',
    { spec: { clusterIP: '10.96.250.2', ports: [{ port: 80 }] } },
    { spec: { clusterIP: '10.96.250.1', ports: [{ port: 80 }] } },
  ],
  ['v1', 'ConfigMap', { immutable: true, data: { a: '1' } }, { immutable: true, data: { a: '2' } }],
  [
    'v1',
    'Secret',
    { immutable: true, data: { a: 'MQ==' } },
    { immutable: true, data: { a: 'Mg==' } },
  ],
  ['v1', 'Secret', { type: 'a/b' }, { type: 'a/c' }],
  [
    'v1',
    'PersistentVolumeClaim',
    { spec: claim('1Gi') },
    { spec: { ...claim('1Gi'), storageClassName: 'b' } },
  ],
  [rbac, 'RoleBinding', role('a'), role('b')],
  ['storage.k8s.io/v1', 'StorageClass', { provisioner: 'a/b' }, { provisioner: 'a/c' }],
  [
    'storage.k8s.io/v1',
    'StorageClass',
    { provisioner: 'a/b', parameters: { a: '1' } },
    { provisioner: 'a/b', parameters: { a: '2' } },
  ],
  ['scheduling.k8s.io/v1', 'PriorityClass', { value: 1 }, { value: 2 }],
  [
    'networking.k8s.io/v1',
    'IngressClass',
    { spec: { controller: 'a.example/b' } },
    { spec: { controller: 'a.example/c' } },
  ],
  ['node.k8s.io/v1', 'RuntimeClass', { handler: 'a' }, { handler: 'b' }],
]
const clusterKinds = ['StorageClass', 'PriorityClass', 'IngressClass', 'RuntimeClass']

test('what cannot be changed is told as such, by every kind', async (t) => {
  const { cluster, namespace, kubectl } = await testCluster(t)
  for (const [index, [apiVersion, kind, before, after]] of rows.entries()) {
    const name = `${namespace}-${index}`
    const isClusterScoped = clusterKinds.includes(kind)
    const metadata = { name, ...(isClusterScoped ? {} : { namespace }) }
    const object = (fields: Fields): KubeObject => ({ apiVersion, kind, metadata, ...fields })
    if (isClusterScoped) t.teardown(() => kubectl('delete', kind, name, '--ignore-not-found'))
    await cluster.own.apply(object(before))

    const error = await cluster.own.apply(object(after), { dryRun: true }).catch((thrown) => thrown)

    t.match(error, { code: 'OBJECT_IMMUTABLE' }, `${kind}: ${error.message}`)
  }
})

test('a field that is wrong is no field that cannot be changed', async (t) => {
  const { cluster, namespace } = await testCluster(t)
  const metadata = { name: 'web', namespace }
  const deployment = (spec: Fields) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec,
  })
  await cluster.own.apply(deployment(workload({})))

  const wrong = workload({ ...otherSelector, replicas: -1 })
  const named = workload({ template: pod('web:1', { app: 'web', x: 'field is immutable!' }) })

  for (const spec of [wrong, named]) {
    await t.rejects(cluster.own.apply(deployment(spec), { dryRun: true }), {
      code: 'OBJECT_INVALID',
    })
  }
})
