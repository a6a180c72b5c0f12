import { test } from 'tap'
import { asStageError } from '../../src/domain/error.ts'
import type { KubeObject } from '../../src/domain/kube-object.ts'
import { refOf } from '../../src/domain/kube-object.ts'
import { type TestCluster, testCluster } from '../support/test-cluster.ts'

function aConfigMap(namespace: string, data: Record<string, string> = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace }, data }
}

function inNamespace(namespace: string) {
  return { matchLabels: { 'kubernetes.io/metadata.name': namespace } }
}

const configMapWrites = {
  apiGroups: [''],
  apiVersions: ['v1'],
  operations: ['CREATE', 'UPDATE'],
  resources: ['configmaps'],
}

/** A webhook at an address where nobody listens. */
function aDeadWebhook(namespace: string): KubeObject {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: namespace },
    webhooks: [
      {
        name: 'policy.example.com',
        clientConfig: { url: 'https://127.0.0.1:1/' },
        failurePolicy: 'Fail',
        timeoutSeconds: 1,
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        namespaceSelector: inNamespace(namespace),
        rules: [configMapWrites],
      },
    ],
  }
}

const inForceWithinMs = 20_000

/** Applied for the length of the test, and in force: the server follows policies by a watch. */
async function inForce(
  { cluster, kubectl, namespace }: TestCluster,
  objects: readonly KubeObject[],
): Promise<() => Promise<void>> {
  for (const object of objects) await cluster.own.apply(object)
  const deadline = performance.now() + inForceWithinMs
  while (performance.now() < deadline) {
    const isRefused = await cluster.own.apply(aConfigMap(namespace), { dryRun: true }).then(
      () => false,
      (error: unknown) => asStageError(error).code.startsWith('ADMISSION_'),
    )
    if (isRefused) break
  }
  return async () => {
    for (const object of objects) await kubectl('delete', object.kind, object.metadata.name)
  }
}

test('a webhook that does not answer is ADMISSION_UNAVAILABLE, asked once', async (t) => {
  const codes: number[] = []
  const context = await testCluster(t, { onRequest: ({ code }) => codes.push(code) })
  const { cluster, namespace } = context
  const remove = await inForce(context, [aDeadWebhook(namespace)])
  t.teardown(remove)
  codes.length = 0

  await t.rejects(cluster.own.apply(aConfigMap(namespace)), {
    code: 'ADMISSION_UNAVAILABLE',
    text: /^configmaps settings: .*failed calling webhook "policy\.example\.com"/,
  })
  t.same(codes, [500])
})

test('a policy that denies is ADMISSION_DENIED, with its reason', async (t) => {
  const context = await testCluster(t)
  const { cluster, namespace } = context
  const name = `${namespace}-policy`
  const apiVersion = 'admissionregistration.k8s.io/v1'
  const expression = "has(object.data) && 'owner' in object.data"
  const validations = [{ expression, message: 'say who owns it' }]
  const remove = await inForce(context, [
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name },
      spec: { matchConstraints: { resourceRules: [configMapWrites] }, validations },
    },
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name },
      spec: {
        policyName: name,
        validationActions: ['Deny'],
        matchResources: { namespaceSelector: inNamespace(namespace) },
      },
    },
  ])
  t.teardown(remove)

  await t.rejects(cluster.own.apply(aConfigMap(namespace)), {
    code: 'ADMISSION_DENIED',
    text: /^configmaps settings: ValidatingAdmissionPolicy .* denied request: say who owns it/,
  })
  t.ok((await cluster.own.apply(aConfigMap(namespace, { owner: 'me' }))).created)
})

test('a quota that is used up is ADMISSION_DENIED, with the figures', async (t) => {
  const { cluster, namespace, kubectl } = await testCluster(t)
  await kubectl('create', 'quota', 'small', '--hard=services=0')
  await kubectl('wait', '--for=jsonpath={.status.hard.services}=0', 'quota/small')
  const service: KubeObject = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace },
    spec: { ports: [{ port: 80, protocol: 'TCP' }] },
  }

  await t.rejects(cluster.own.apply(service), {
    code: 'ADMISSION_DENIED',
    text: 'services web: exceeded quota: small, requested: services=1, used: services=0, limited: services=0',
  })
  t.equal(await cluster.own.get(refOf(service)), undefined)
})
