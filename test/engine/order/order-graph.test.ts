import { test } from 'tap'
import type { Desired } from '../../../src/domain/change.ts'
import { refKey } from '../../../src/domain/kube-object.ts'
import { orderGraph } from '../../../src/engine/order/order-graph.ts'
import { pruneGraph } from '../../../src/engine/order/prune-graph.ts'
import { createSchedule } from '../../../src/engine/order/schedule.ts'
import { anOrdered, anOrderedDeployment } from '../../support/ordered-objects.ts'

/** Names of the objects, in groups of those that may be written at once when all succeed at once. */
function turns(nodes: ReturnType<typeof orderGraph>): string[][] {
  const schedule = createSchedule(nodes)
  const groups: string[][] = []
  while (schedule.left() > 0) {
    const steps = []
    for (let step = schedule.next(true); step !== undefined; step = schedule.next(true)) {
      if (step.node.kind === 'object') steps.push(step)
      else schedule.end(step.node.key, 'success')
    }
    groups.push(steps.map(({ node }) => node.key.split('/').at(-1) ?? ''))
    for (const { node } of steps) schedule.end(node.key, 'success')
    if (steps.length === 0) break
  }
  return groups.filter((group) => group.length > 0)
}

const order = (...objects: Desired[]) => turns(orderGraph(objects))

const namespace = anOrdered({ kind: 'Namespace', name: 'shop', namespace: '' })
const webhook = anOrdered({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  name: 'hook',
  namespace: '',
})

test('the order of objects', async (t) => {
  await t.test('without edges all may be written at once, by tier', async (t) => {
    const groups = order(anOrderedDeployment('web'), anOrdered({ name: 'settings' }))

    t.strictSame(groups, [['settings', 'web']])
  })

  await t.test('what a rule refuses that is about to change comes after the rule', async (t) => {
    const late = anOrdered({ name: 'late' })
    const behind = anOrderedDeployment('behind', {}, { volumes: [{ configMap: { name: 'late' } }] })
    const objects = [late, behind, webhook, anOrdered({ name: 'settings' })]

    t.strictSame(turns(orderGraph(objects, new Set([refKey(late.ref)]))), [
      ['settings'],
      ['hook'],
      ['late'],
      ['behind'],
    ])
  })

  await t.test('but not where a person has ordered the rule', async (t) => {
    const late = anOrdered({ name: 'late' })
    const ordered = anOrdered({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      name: 'hook',
      namespace: '',
      annotations: { 'landfall.dev/depends-on': '/namespaces/shop/ConfigMap/late' },
    })

    t.strictSame(turns(orderGraph([late, ordered], new Set([refKey(late.ref)]))), [
      ['late'],
      ['hook'],
    ])
  })

  await t.test('a namespace and a CRD come before what needs them', async (t) => {
    const crd = anOrdered({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      name: 'widgets',
      namespace: '',
      fields: { spec: { group: 'example.com', scope: 'Namespaced', names: { kind: 'Widget' } } },
    })
    const widget = anOrdered({ apiVersion: 'example.com/v1', kind: 'Widget', name: 'w' })

    t.strictSame(order(widget, crd, anOrdered({ name: 'c' }), namespace), [
      ['widgets', 'shop'],
      ['c', 'w'],
    ])
  })

  await t.test('what a pod names and what acts on it comes before it', async (t) => {
    const web = anOrderedDeployment(
      'web',
      {},
      {
        serviceAccountName: 'runner',
        imagePullSecrets: [{ name: 'pull' }],
        containers: [{ envFrom: [{ configMapRef: { name: 'env' } }] }],
        volumes: [
          { secret: { secretName: 'tls' } },
          { persistentVolumeClaim: { claimName: 'data' } },
        ],
      },
    )
    const rbac = 'rbac.authorization.k8s.io/v1'
    const needed = [
      anOrdered({ kind: 'ServiceAccount', name: 'runner' }),
      anOrdered({ kind: 'Secret', name: 'pull' }),
      anOrdered({ name: 'env' }),
      anOrdered({ kind: 'Secret', name: 'tls' }),
      anOrdered({ kind: 'PersistentVolumeClaim', name: 'data' }),
      anOrdered({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', name: 'deny' }),
      anOrdered({ kind: 'ResourceQuota', name: 'quota' }),
    ]
    const binding = anOrdered({
      apiVersion: rbac,
      kind: 'RoleBinding',
      name: 'binding',
      fields: {
        roleRef: { kind: 'Role', name: 'role' },
        subjects: [{ kind: 'ServiceAccount', name: 'runner', namespace: 'shop' }],
      },
    })
    const role = anOrdered({ apiVersion: rbac, kind: 'Role', name: 'role' })

    t.strictSame(
      order(web, binding, ...needed, role, anOrdered({ kind: 'Service', name: 'web' })),
      [
        ['role', 'runner', 'pull', 'env', 'tls', 'data', 'deny', 'quota', 'web'],
        ['binding'],
        ['web'],
      ],
    )
  })

  await t.test('a token comes after its ServiceAccount', async (t) => {
    const token = anOrdered({
      kind: 'Secret',
      name: 'token',
      annotations: { 'kubernetes.io/service-account.name': 'runner' },
      fields: { type: 'kubernetes.io/service-account-token' },
    })

    t.strictSame(order(token, anOrdered({ kind: 'ServiceAccount', name: 'runner' })), [
      ['runner'],
      ['token'],
    ])
  })

  await t.test('webhook configurations and API services come after all else', async (t) => {
    const api = anOrdered({
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      name: 'v1.example.com',
      namespace: '',
    })
    const widget = anOrdered({ apiVersion: 'example.com/v1', kind: 'Widget', name: 'w' })

    t.strictSame(order(webhook, api, widget, namespace), [
      ['shop'],
      ['w'],
      ['hook', 'v1.example.com'],
    ])
  })

  await t.test('what depends on a webhook configuration comes after it nevertheless', async (t) => {
    const on = 'admissionregistration.k8s.io/ValidatingWebhookConfiguration/hook'
    const late = anOrdered({ name: 'late', annotations: { 'landfall.dev/depends-on': on } })

    t.strictSame(order(late, webhook, anOrdered({ name: 'c' })), [['c'], ['hook'], ['late']])
  })

  await t.test('a lower wave comes first, and takes its namespace along', async (t) => {
    const wave = (name: string, n: string) =>
      anOrdered({ name, annotations: { 'argocd.argoproj.io/sync-wave': n } })

    t.strictSame(order(wave('b', '1'), wave('c', '0'), wave('a', '-2'), namespace), [
      ['shop'],
      ['a'],
      ['c'],
      ['b'],
    ])
  })

  await t.test('what a person ordered beats what Landfall would prefer', async (t) => {
    const web = anOrderedDeployment('web', {}, { volumes: [{ configMap: { name: 'settings' } }] })
    const on = { 'landfall.dev/depends-on': 'apps/namespaces/shop/Deployment/web' }
    const later = anOrdered({ name: 'settings', annotations: on })
    const nextWave = anOrdered({ name: 'settings', annotations: { 'landfall.dev/wave': '1' } })

    t.strictSame(order(later, web), [['web'], ['settings']])
    t.strictSame(order(nextWave, web), [['web'], ['settings']])
  })

  await t.test(
    'a thousand workloads under a thousand policies have no million edges',
    async (t) => {
      const policies = Array.from({ length: 1_000 }, (_, index) =>
        anOrdered({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', name: `p${index}` }),
      )
      const workloads = Array.from({ length: 1_000 }, (_, index) =>
        anOrderedDeployment(`w${index}`),
      )

      const nodes = orderGraph([...workloads, ...policies])

      t.ok(nodes.reduce((sum, { needs }) => sum + needs.length, 0) < 10_000)
      t.strictSame(
        turns(nodes).map(({ length }) => length),
        [1_000, 1_000],
      )
    },
  )
})

test('the order of deleting', async (t) => {
  const prune = (...objects: Desired[]) => pruneGraph(objects)

  await t.test('is the reverse: webhook configurations first, what others need last', async (t) => {
    const web = anOrderedDeployment('web', {}, { volumes: [{ configMap: { name: 'settings' } }] })

    const { nodes } = prune(namespace, anOrdered({ name: 'settings' }), web, webhook)

    t.strictSame(turns(nodes), [['hook'], ['web'], ['settings'], ['shop']])
  })

  await t.test('only what depended on another has to be gone before that one goes', async (t) => {
    const on = { 'landfall.dev/depends-on': '/namespaces/shop/ConfigMap/db' }

    const { awaited } = prune(
      anOrdered({ name: 'db' }),
      anOrdered({ name: 'web', annotations: on }),
      namespace,
    )

    t.strictSame([...awaited], ['/ConfigMap/shop/web'])
  })

  await t.test(
    'annotations that contradict each other in the cluster are not heeded',
    async (t) => {
      const on = (name: string) => ({
        'landfall.dev/depends-on': `/namespaces/shop/ConfigMap/${name}`,
      })
      const a = anOrdered({ name: 'a', annotations: on('b') })
      const b = anOrdered({ name: 'b', annotations: on('a') })

      t.strictSame(turns(prune(a, b).nodes), [['a', 'b']])
      t.equal(prune(a, b).nodes.filter(({ key }) => key === refKey(a.ref)).length, 1)
    },
  )
})
