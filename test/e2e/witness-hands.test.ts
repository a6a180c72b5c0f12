import { test } from 'tap'
import type { KubeObject } from '../../src/domain/kube-object.ts'
import { controlPlane } from '../support/control-plane.ts'
import { exampleFiles } from '../support/example-files.ts'
import { until } from '../support/until.ts'
import { witnessSite } from '../support/witness-site.ts'

const ann = 'ann@example.com'
const deployment = 'deployment/task-agent'
const account = 'system:serviceaccount:ci:deployer'

const bare = `apiVersion: v1
kind: Pod
metadata: { name: bare }
spec:
  containers: [{ name: app, image: 'example.com/app:1' }]
`

test('who asks for a graceful deletion is named, not the kubelet that ends it', async (t) => {
  const { site, instance, as, who } = await witnessSite(t)
  const files = { ...(await exampleFiles('task-agent/plain')), 'app/bare.yaml': bare }
  await site.final(await site.push(instance, files))
  const isRunning = async () =>
    (await site.kubectl('get', 'pod/bare', '-o', 'jsonpath={.status.phase}')) === 'Running'
  await until('its kubelet runs it', isRunning)

  t.match(await as(ann, 'delete', 'pod/bare'), { code: 0, stderr: /^Warning: managed by Landfall/ })

  await until('it is made again', async () =>
    (await site.syncs()).some(({ drift }) => drift.some(({ ref }) => ref.name === 'bare')),
  )
  const drift = (await site.syncs()).flatMap((sync) => sync.drift)
  t.match(
    drift.filter(({ ref }) => ref.name === 'bare'),
    [{ type: 'missing', offender: { user: ann } }],
  )
  const records = await who('pod/bare')
  t.match(
    records.filter(({ verb }) => verb === 'delete'),
    [{ user: ann }],
  )
})

test('handEdits: deny knows a person by more than by what a client says', async (t) => {
  const { site, as, who } = await witnessSite(t, { keys: { handEdits: 'deny' } })
  const refused = { code: 1, stderr: /changes by hand are refused/ }
  const patch = (value: unknown, ...more: readonly string[]) =>
    ['patch', deployment, '--type=merge', `-p=${JSON.stringify(value)}`, ...more] as const

  await t.test('who calls itself Landfall is refused', async (t) => {
    const change = patch({ spec: { replicas: 5 } }, '--field-manager=landfall')
    t.match(await as(ann, ...change), refused)
    t.match(await who(deployment), [{ user: ann, manager: 'landfall', outcome: 'denied' }])
  })

  await t.test('who wipes the marks of who owns what is refused', async (t) => {
    t.match(await as(ann, ...patch({ metadata: { managedFields: [{}] } })), refused)
    t.match((await who(deployment))[0], {
      outcome: 'denied',
      fields: [{ path: '/metadata/managedFields' }],
    })
  })

  await t.test('a service account with a person’s client that names itself not is', async (t) => {
    const plane = await controlPlane()
    const live = JSON.parse(await site.kubectl('get', deployment, '-o', 'json')) as KubeObject
    const { resourceVersion: _any, ...metadata } = live.metadata
    const object = { ...live, metadata, spec: { ...(live['spec'] as object), replicas: 5 } }
    const url = `/apis/apps/v1/namespaces/${site.name}/deployments/task-agent`
    const identity = [`--as=${account}`, '--as-group=system:masters']
    const call = [...identity, 'replace', `--raw=${url}`, '--filename=-']

    t.match(await plane.attempt(call, JSON.stringify(object)), refused)
    t.match((await who(deployment))[0], { user: account, manager: 'kubectl', outcome: 'denied' })
  })

  await t.test(
    'an autoscaler of the cluster’s provider is neither warned nor refused',
    async (t) => {
      const scale = ['scale', deployment, '--replicas=4'] as const
      t.match(await as('system:vpa-recommender', ...scale), { code: 0, stderr: '' })
      t.match((await who(deployment))[0], { user: 'system:vpa-recommender', outcome: 'allowed' })
    },
  )
})
