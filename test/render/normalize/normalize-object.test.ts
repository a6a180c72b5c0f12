import { test } from 'tap'
import { normalizeObject } from '../../../src/render/normalize/normalize-object.ts'

function normalize(value: unknown) {
  const problems: string[] = []
  const warnings: string[] = []
  const object = normalizeObject(value, {
    problem: (message) => problems.push(message),
    warn: (message) => warnings.push(message),
  })
  return { object, problems, warnings }
}

function aDeploymentWith(pod: object) {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { template: { spec: pod } },
  }
}

const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }

test('an object that is canonical stays the very same', async (t) => {
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'a', namespace: 'b', labels: { x: 'y' }, finalizers: ['z'] },
    spec: { ports: [{ port: 80, protocol: 'UDP' }] },
  }

  t.same(normalize(service), { object: service, problems: [], warnings: [] })
  t.equal(normalize(service).object?.['spec'], service.spec, 'unchanged parts are not copied')
})

test('what is no named Kubernetes object is a problem', async (t) => {
  const table: readonly (readonly [unknown, RegExp])[] = [
    ['text', /mapping/],
    [[configMap], /mapping/],
    [null, /mapping/],
    [{ kind: 'ConfigMap', metadata: { name: 'a' } }, /apiVersion/],
    [{ ...configMap, apiVersion: 1 }, /apiVersion/],
    [{ ...configMap, apiVersion: 'a/b/c' }, /apiVersion/],
    [{ ...configMap, apiVersion: 'apps/' }, /apiVersion/],
    [{ ...configMap, kind: '' }, /kind/],
    [{ ...configMap, metadata: null }, /metadata is missing/],
    [{ ...configMap, metadata: {} }, /metadata.name/],
    [{ ...configMap, metadata: { name: 12 } }, /metadata.name is missing or no text/],
    [{ ...configMap, metadata: { generateName: 'a-' } }, /generateName/],
    [{ ...configMap, metadata: { name: 'a', namespace: 1 } }, /namespace/],
    [{ ...configMap, metadata: { name: 'a', labels: ['x'] } }, /labels/],
    [{ ...configMap, metadata: { name: 'a', labels: { x: true } } }, /labels\.x is no text/],
    [{ ...configMap, metadata: { name: 'a', annotations: { x: 1 } } }, /annotations\.x/],
    [
      { ...configMap, metadata: { name: 'a', labels: { 'applyset.kubernetes.io/part-of': 'x' } } },
      /Landfall's own/,
    ],
  ]
  for (const [value, message] of table) {
    const { object, problems } = normalize(value)
    t.equal(object, undefined)
    t.match(problems[0], message)
  }
})

test('every label that is no text is told', async (t) => {
  const labels = { a: true, b: 'ok', c: 1 }

  t.equal(normalize({ ...configMap, metadata: { name: 'a', labels } }).problems.length, 2)
})

test('a hook may have a name that is generated', async (t) => {
  const annotations = { 'argocd.argoproj.io/hook': 'PreSync' }
  const { object } = normalize({ ...configMap, metadata: { generateName: 'a-', annotations } })

  t.same(object?.metadata, { name: 'a', generateName: 'a-', annotations })
})

test('names with colons and dots, as RBAC has them, are fine', async (t) => {
  const role = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'system:task-agent.v1' },
    rules: [],
  }

  t.same(normalize(role).object, role)
})

test('what only the server writes is dropped', async (t) => {
  const { object } = normalize({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: {
      name: 'a',
      namespace: '',
      labels: null,
      uid: 'u',
      resourceVersion: '1',
      generation: 2,
      creationTimestamp: null,
      managedFields: [],
      selfLink: '/x',
      ownerReferences: [],
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', kept: 'yes' },
    },
    spec: {
      template: { metadata: { creationTimestamp: null, labels: {} } },
      volumeClaimTemplates: [{ metadata: { name: 'v', creationTimestamp: null } }],
    },
    status: { replicas: 3 },
  })

  t.strictSame(object, {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'a', ownerReferences: [], annotations: { kept: 'yes' } },
    spec: {
      template: { metadata: { labels: {} } },
      volumeClaimTemplates: [{ metadata: { name: 'v' } }],
    },
  })
})

test("a CronJob's templates lose their zero times", async (t) => {
  const { object } = normalize({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'a' },
    spec: {
      jobTemplate: {
        metadata: { creationTimestamp: null },
        spec: { template: { metadata: { creationTimestamp: null } } },
      },
    },
  })

  t.strictSame(object?.['spec'], {
    jobTemplate: { metadata: {}, spec: { template: { metadata: {} } } },
  })
})

test("a Secret's stringData becomes data", async (t) => {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } }

  await t.test('and wins over data', async (t) => {
    const { object } = normalize({
      ...secret,
      data: { a: 'eA==', b: 'eQ==', n: null },
      stringData: { b: 'zß', e: null },
    })
    t.strictSame(object, {
      ...secret,
      data: { a: 'eA==', b: Buffer.from('zß').toString('base64'), n: '', e: '' },
    })
  })

  await t.test('and an empty one vanishes', async (t) => {
    t.strictSame(normalize({ ...secret, data: null, stringData: null }).object, secret)
  })

  await t.test('E5: and a value that is no text is told without the value', async (t) => {
    const { problems } = normalize({
      ...secret,
      data: { pin: 4711 },
      stringData: { deep: { canary: 'c4nary' } },
    })
    t.same(problems, ['data.pin is no text; quote it', 'stringData.deep is no text; quote it'])
  })

  await t.test('E5: and a list in its place is told without the list', async (t) => {
    t.same(normalize({ ...secret, data: ['c4nary'] }).problems, ['data is no mapping'])
  })

  await t.test('but only in the core group', async (t) => {
    const other = { ...secret, apiVersion: 'example.com/v1', stringData: { a: 'b' } }
    t.same(normalize(other).object, other)
  })
})

test('ports get their protocol', async (t) => {
  const { object } = normalize(
    aDeploymentWith({
      containers: [
        { name: 'a', ports: [{ containerPort: 1 }, { containerPort: 1, protocol: 'UDP' }] },
      ],
      initContainers: [{ name: 'b', ports: [{ containerPort: 2, protocol: null }] }],
    }),
  )
  t.match(object, {
    spec: {
      template: {
        spec: {
          containers: [{ ports: [{ protocol: 'TCP' }, { protocol: 'UDP' }] }],
          initContainers: [{ ports: [{ protocol: 'TCP' }] }],
        },
      },
    },
  })

  const service = normalize({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'a' },
    spec: { ports: [{ port: 80 }] },
  })
  t.strictSame(service.object?.['spec'], { ports: [{ port: 80, protocol: 'TCP' }] })
})

test('two list items of one key', async (t) => {
  await t.test('that differ are a problem', async (t) => {
    const env = [
      { name: 'A', value: '1' },
      { name: 'A', value: '2' },
    ]
    const ports = [{ containerPort: 80 }, { containerPort: 80, protocol: 'TCP', name: 'x' }]
    const { problems } = normalize(aDeploymentWith({ containers: [{ name: 'a', env, ports }] }))
    t.same(problems, [
      'env has two items with name A; remove one',
      'ports has two items with containerPort 80, protocol TCP; remove one',
    ])
  })

  await t.test('that are equal become one, with a warning', async (t) => {
    const env = [{ name: 'A', value: '1' }, { name: 'B' }, { value: '1', name: 'A' }]
    const { object, problems, warnings } = normalize(
      aDeploymentWith({ containers: [{ name: 'a', env }] }),
    )
    t.same(problems, [])
    t.same(warnings, ['env has two items with name A, which are equal; one is kept'])
    t.match(object, {
      spec: { template: { spec: { containers: [{ env: [{ name: 'A' }, { name: 'B' }] }] } } },
    })
  })

  await t.test('may have one port with two protocols', async (t) => {
    const ports = [{ port: 53 }, { port: 53, protocol: 'UDP' }]
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' }, spec: { ports } }
    t.same(normalize(service).problems, [])
  })

  await t.test('never name the value of an environment variable', async (t) => {
    const env = [
      { name: 'A', value: 'c4nary' },
      { name: 'A', value: 'other' },
    ]
    const { problems } = normalize(aDeploymentWith({ containers: [{ name: 'a', env }] }))
    t.notMatch(problems.join(), /c4nary/)
  })
})

test('an aggregated ClusterRole leaves its rules to the controller', async (t) => {
  const role = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'a' },
    rules: [{ verbs: ['get'] }],
  }

  t.ok(normalize(role).object?.['rules'])
  t.notOk('rules' in (normalize({ ...role, aggregationRule: {} }).object ?? {}))
})

test('a caBundle that holds no certificate is left to its controller', async (t) => {
  const pem = Buffer.from('-----BEGIN CERTIFICATE-----\nMIIB').toString('base64')
  function aCrd(caBundle: unknown) {
    return {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'a' },
      spec: { conversion: { webhook: { clientConfig: { caBundle, url: 'https://x' } } } },
    }
  }
  function aWebhook(caBundle: unknown) {
    return {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'a' },
      webhooks: [{ name: 'x', clientConfig: { caBundle } }],
    }
  }

  for (const placeholder of ['Cg==', '', null, 'not base64!']) {
    for (const object of [aCrd(placeholder), aWebhook(placeholder)]) {
      t.notMatch(JSON.stringify(normalize(object).object), /caBundle/)
    }
  }
  t.same(normalize(aCrd(pem)).object, aCrd(pem))
  t.same(normalize(aWebhook(pem)).object, aWebhook(pem))
})
