import { test } from 'tap'
import { StageError } from '../../src/domain/error.ts'
import type { KubeObject, ObjectRef } from '../../src/domain/kube-object.ts'
import { refOf } from '../../src/domain/kube-object.ts'
import { controlPlane } from '../support/control-plane.ts'
import { testCluster, untilAllowed } from '../support/test-cluster.ts'

function aConfigMap(namespace: string, name = 'settings', data: unknown = { a: '1' }): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data }
}

function refTo(namespace: string, kind: string, name: string): ObjectRef {
  return { group: '', version: 'v1', kind, namespace, name }
}

test('apply', async (t) => {
  const { cluster, namespace } = await testCluster(t)

  await t.test('creates, then configures, as landfall and with force', async (t) => {
    const first = await cluster.own.apply(aConfigMap(namespace))
    const second = await cluster.own.apply(aConfigMap(namespace, 'settings', { a: '2' }))

    t.equal(first.created, true)
    t.equal(second.created, false)
    t.equal(second.object.metadata.uid, first.object.metadata.uid)
    t.match(second.object.metadata.managedFields, [{ manager: 'landfall', operation: 'Apply' }])
  })

  await t.test('in a dry-run says what would be and stores nothing', async (t) => {
    const dry = await cluster.own.apply(aConfigMap(namespace, 'dry'), { dryRun: true })

    t.equal(dry.created, true)
    t.match(dry.object, { data: { a: '1' } })
    t.equal(await cluster.own.get(refOf(aConfigMap(namespace, 'dry'))), undefined)
  })

  await t.test('refuses what the schema does not have, at once', async (t) => {
    const misspelt = { ...aConfigMap(namespace, 'typo'), dtaa: { a: '1' } }

    await t.rejects(cluster.own.apply(misspelt), {
      code: 'OBJECT_INVALID',
      text: 'configmaps typo: .dtaa: field not declared in schema',
      subjects: [{ object: `ConfigMap ${namespace}/typo` }],
    })
  })

  await t.test('E5: a Secret the server refuses shows no value', async (t) => {
    const canary = 'canary-1234'
    const broken: unknown[] = [
      [canary],
      canary,
      { k: canary },
      { k: 12_341_234 },
      { 'bad key': Buffer.from(canary).toString('base64') },
      { '.dockerconfigjson': Buffer.from(`${canary}{`).toString('base64') },
    ]
    for (const data of broken) {
      const secret = { ...aConfigMap(namespace, 'db', data), kind: 'Secret' }
      const typed = { ...secret, type: 'kubernetes.io/dockerconfigjson' }
      const error = await cluster.own.apply(typed).catch((thrown: unknown) => thrown)
      t.match(error, { code: 'OBJECT_INVALID' })
      t.notMatch(`${(error as Error).stack} ${JSON.stringify(error)}`, /canary|12341234|Y2FuYXJ5/)
    }
  })

  await t.test('E5: an immutable Secret says so without its value', async (t) => {
    const data = { k: Buffer.from('canary-1').toString('base64') }
    const secret = { ...aConfigMap(namespace, 'fixed', data), kind: 'Secret', immutable: true }
    await cluster.own.apply(secret)

    const changed = { ...secret, data: { k: Buffer.from('canary-2').toString('base64') } }

    await t.rejects(cluster.own.apply(changed), {
      code: 'OBJECT_IMMUTABLE',
      text: 'secrets fixed: data: Forbidden: field is immutable when `immutable` is set',
    })
  })

  await t.test('names an unknown kind', async (t) => {
    const widget = { ...aConfigMap(namespace), apiVersion: 'example.com/v1', kind: 'Widget' }

    await t.rejects(cluster.own.apply(widget), {
      code: 'PLAN_UNKNOWN_KIND',
      text: /no kind Widget\.example\.com in version v1/,
    })
  })
})

test('every request of an identity ends with its signal, and says why', async (t) => {
  const { cluster, namespace } = await testCluster(t)
  const reason = new StageError('SYNC_INTERRUPTED', 'the worker stops')
  const client = cluster.as(undefined, AbortSignal.abort(reason))
  const object = aConfigMap(namespace)
  const ref = refOf(object)
  const asked: Promise<unknown>[] = [
    client.get(ref),
    client.list(ref),
    client.apply(object),
    client.patchJson(ref, []),
    client.remove(ref, { uid: 'any', propagation: 'Background' }),
  ]

  // All at once: one that nobody listens to yet is an unhandled rejection.
  await Promise.all(asked.map((request) => t.rejects(request, { code: 'SYNC_INTERRUPTED' })))
  const { signal } = new AbortController()
  for await (const _event of client.watch(ref, { resourceVersion: '1', signal })) {
    t.fail('an event came')
  }
  t.equal(await cluster.own.get(ref), undefined)
})

test('get knows that there is none', async (t) => {
  const { cluster, namespace } = await testCluster(t)

  t.equal(await cluster.own.get(refTo(namespace, 'ConfigMap', 'nothing')), undefined)
  t.equal(await cluster.own.get(refTo('no-such-namespace', 'ConfigMap', 'nothing')), undefined)
})

test('list', async (t) => {
  const { cluster, namespace } = await testCluster(t)
  const names = Array.from({ length: 1_010 }, (_, index) => `cm-${index}`)
  for (let start = 0; start < names.length; start += 32) {
    const some = names.slice(start, start + 32)
    await Promise.all(some.map((name) => cluster.own.apply(labelled(aConfigMap(namespace, name)))))
  }

  await t.test('reads all pages as of one resourceVersion', async (t) => {
    const query = { group: '', kind: 'ConfigMap', namespace, labelSelector: 'team=a' }
    const verbs: string[] = []
    const counting = await testCluster(t, { onRequest: ({ verb }) => verbs.push(verb) })

    const list = await counting.cluster.own.list(query)

    t.same(new Set(list.items.map(({ metadata }) => metadata.name)), new Set(names))
    t.match(list.resourceVersion, /^\d+$/)
    t.equal(verbs.filter((verb) => verb === 'list').length, 3)
  })

  await t.test('gives every item its kind', async (t) => {
    const query = { group: '', kind: 'ConfigMap', namespace, fieldSelector: 'metadata.name=cm-7' }

    t.match(await cluster.own.list(query), {
      items: [{ apiVersion: 'v1', kind: 'ConfigMap', data: { a: '1' } }],
    })
    const partial = await cluster.own.list({ ...query, metadataOnly: true })
    t.match(partial.items, [{ apiVersion: 'v1', kind: 'ConfigMap' }])
    t.notOk(partial.items[0] && 'data' in partial.items[0])
  })
})

test('remove', async (t) => {
  const { cluster, namespace } = await testCluster(t)
  const ref = refTo(namespace, 'ConfigMap', 'settings')

  await t.test('deletes exactly the object of this uid', async (t) => {
    const { object } = await cluster.own.apply(aConfigMap(namespace))
    const uid = object.metadata.uid ?? ''

    t.equal(await cluster.own.remove(ref, { uid: 'another', propagation: 'Background' }), 'gone')
    t.ok(await cluster.own.get(ref))
    t.equal(await cluster.own.remove(ref, { uid, propagation: 'Background' }), 'deleted')
    t.equal(await cluster.own.remove(ref, { uid, propagation: 'Background' }), 'gone')
  })

  await t.test(
    'E8: leaves a namesake made since alone, of a kind with dependents too',
    async (t) => {
      const deployment = aDeployment(namespace)
      const { object } = await cluster.own.apply(deployment)
      const uid = object.metadata.uid ?? ''
      await cluster.own.remove(refOf(object), { uid, propagation: 'Background' })
      await cluster.own.apply(deployment)

      t.equal(await cluster.own.remove(refOf(object), { uid, propagation: 'Foreground' }), 'gone')
      t.notMatch(await cluster.own.get(refOf(object)), { metadata: { deletionTimestamp: /./ } })
    },
  )
})

test('the log of a pod', async (t) => {
  const { cluster, namespace, kubectl } = await testCluster(t)
  await kubectl('run', 'agent', '--image=registry.example/agent:1')
  await kubectl('wait', '--for=condition=Ready', '--timeout=30s', 'pod/agent')
  const read = (pod: string, lines: number) =>
    cluster.own.readLog({
      namespace,
      pod,
      container: 'agent',
      isPrevious: false,
      lines,
      maxBytes: 1_024,
      timeoutMs: 5_000,
    })

  await t.test('is as many of its last lines as are asked for', async (t) => {
    const whole = await read('agent', 10)

    t.match(whole, /^starting\n.*\nthis is the last line\n$/)
    t.equal(await read('agent', 1), 'this is the last line\n')
  })

  await t.test('of a pod that is gone cannot be had', async (t) => {
    await t.rejects(read('none', 1), {
      code: 'OBJECT_NOT_FOUND',
    })
  })
})

test('E2: an impersonated service account has its own rights and no others', async (t) => {
  const { cluster, namespace, kubectl } = await testCluster(t)
  await kubectl('create', 'serviceaccount', 'deployer')
  await kubectl('create', 'role', 'deployer', '--verb=patch,create', '--resource=configmaps')
  await kubectl(
    'create',
    'rolebinding',
    'deployer',
    '--role=deployer',
    `--serviceaccount=${namespace}:deployer`,
  )
  const deployer = { namespace, name: 'deployer' }
  await untilAllowed(kubectl, deployer, ['patch', 'configmaps'])
  const client = cluster.as(deployer)

  const trail = await (await controlPlane()).audit()

  t.equal((await client.apply(aConfigMap(namespace))).created, true)
  const writes = (await trail.events()).filter(
    ({ objectRef }) => objectRef?.namespace === namespace,
  )
  t.match(writes, [{ verb: 'patch', userAgent: 'landfall/1.2.3' }])
  t.match(writes, [
    {
      impersonatedUser: {
        username: `system:serviceaccount:${namespace}:deployer`,
        groups: [
          'system:serviceaccounts',
          `system:serviceaccounts:${namespace}`,
          'system:authenticated',
        ],
      },
    },
  ])
  await t.rejects(client.get(refTo(namespace, 'ConfigMap', 'settings')), {
    code: 'CLUSTER_FORBIDDEN',
    text: `configmaps settings: User "system:serviceaccount:${namespace}:deployer" cannot get resource "configmaps" in API group "" in the namespace "${namespace}"; grant it in a Role or ClusterRole`,
  })
})

test('a group that a service account is in counts without being named', async (t) => {
  const { cluster, namespace, kubectl } = await testCluster(t)
  await kubectl('create', 'role', 'any', '--verb=patch,create', '--resource=configmaps')
  await kubectl(
    'create',
    'rolebinding',
    'any',
    '--role=any',
    `--group=system:serviceaccounts:${namespace}`,
  )
  const anyone = { namespace, name: 'anyone' }
  await untilAllowed(kubectl, anyone, ['patch', 'configmaps'])

  const { created } = await cluster.as(anyone).apply(aConfigMap(namespace))

  t.equal(created, true)
})

test('the service account itself can be looked up', async (t) => {
  const { cluster, namespace, kubectl } = await testCluster(t)
  await kubectl('create', 'serviceaccount', 'deployer')

  t.ok(await cluster.own.get(refTo(namespace, 'ServiceAccount', 'deployer')))
  t.notOk(await cluster.own.get(refTo(namespace, 'ServiceAccount', 'nobody')))
})

function labelled(object: KubeObject): KubeObject {
  return { ...object, metadata: { ...object.metadata, labels: { team: 'a' } } }
}

function aDeployment(namespace: string): KubeObject {
  const labels = { app: 'web' }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'web:1' }] } },
    },
  }
}
