import type { Test } from 'tap'
import { test } from 'tap'
import { controlPlane } from '../support/control-plane.ts'
import { configMapYaml } from '../support/manifests.ts'
import { type SyncBench, syncBench } from '../support/sync-bench.ts'

/** A webhook for labelled ConfigMaps of the namespace, whose Service nobody answers. */
async function aDeadWebhook(
  t: Test,
  { namespace }: SyncBench,
): Promise<{ remove(): Promise<unknown> }> {
  const { kubectl } = await controlPlane()
  const configuration = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: namespace },
    webhooks: [
      {
        name: 'hook.example.com',
        clientConfig: { service: { namespace, name: 'hook', path: '/validate' } },
        rules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['configmaps'] },
        ],
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        objectSelector: { matchLabels: { guarded: 'yes' } },
        sideEffects: 'None',
        timeoutSeconds: 1,
        admissionReviewVersions: ['v1'],
      },
    ],
  }
  const remove = () =>
    kubectl(['delete', 'validatingwebhookconfiguration', namespace, '--ignore-not-found'])
  t.teardown(remove)
  await kubectl(['apply', '-f', '-'], JSON.stringify(configuration))
  // The API server follows its webhooks by a watch: until it refuses, it has not seen this one.
  const probe = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'probe', namespace } }
  const guarded = { ...probe, metadata: { ...probe.metadata, labels: { guarded: 'yes' } } }
  for (let asked = 0; asked < 100; asked += 1) {
    const create = kubectl(['create', '--dry-run=server', '-f', '-'], JSON.stringify(guarded))
    const refused = await create.then(
      () => false,
      () => true,
    )
    if (refused) return { remove }
  }
  throw new Error('the webhook was never asked')
}

const guardedYaml = configMapYaml('guarded').replace(
  'name: guarded',
  'name: guarded\n  labels: {guarded: "yes"}',
)

const serviceYaml = `apiVersion: v1
kind: Service
metadata: {name: hook}
spec: {selector: {app: hook}, ports: [{port: 443, targetPort: 8443}]}
`

const deploymentYaml = `apiVersion: apps/v1
kind: Deployment
metadata: {name: hook}
spec:
  selector: {matchLabels: {app: hook}}
  template:
    metadata: {labels: {app: hook, part: webhook}}
    spec: {containers: [{name: hook, image: "registry.example/hook:1"}]}
`

test('R14: an admission webhook that does not answer', async (t) => {
  await t.test('one that the application serves itself is waited for', async (t) => {
    const bench = await syncBench(t)
    const webhook = await aDeadWebhook(t, bench)
    await bench.repository.commit({
      'app/guarded.yaml': guardedYaml,
      'app/hook.yaml': `${serviceYaml}---\n${deploymentYaml}`,
    })

    const syncing = bench.sync('push')
    await bench.kubectl('wait', '--for=create', '--timeout=30s', 'deploy/hook')
    await webhook.remove()
    const { record } = await syncing

    t.equal(record.phase, 'Succeeded', record.message)
    t.equal(record.counts.created, 3)
  })

  await t.test(
    'one that does not come up within the rollout fails the sync by its name',
    async (t) => {
      const bench = await syncBench(t, { sync: { timeoutMs: 3_000 } as never })
      await aDeadWebhook(t, bench)
      await bench.repository.commit({
        'app/guarded.yaml': guardedYaml,
        'app/hook.yaml': `${serviceYaml}---\n${deploymentYaml}`,
      })

      const { record } = await bench.sync('push')

      t.equal(record.failure?.code, 'APPLY_INCOMPLETE', record.message)
      t.match(record.message, /failed calling webhook .*hook\.example\.com/)
      t.equal(await bench.kubectl('get', 'deploy', '-o', 'name'), 'deployment.apps/hook')
    },
  )

  await t.test("another's is not: the gate fails and nothing is written", async (t) => {
    const bench = await syncBench(t)
    await aDeadWebhook(t, bench)
    await bench.repository.commit({
      'app/guarded.yaml': guardedYaml,
      'app/other.yaml': configMapYaml('other'),
    })

    const { record } = await bench.sync('push')

    t.equal(record.failure?.code, 'ADMISSION_UNAVAILABLE', record.message)
    t.equal(await bench.kubectl('get', 'cm', '-o', 'name'), 'configmap/kube-root-ca.crt')
  })
})
