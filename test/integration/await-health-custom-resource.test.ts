import { randomBytes } from 'node:crypto'
import { test } from 'tap'
import type { Cluster } from '../../src/cluster/cluster.ts'
import type { KubeObject } from '../../src/domain/kube-object.ts'
import { only, type Rollouts, testRollouts } from '../support/rollout.ts'

const group = `test-${randomBytes(4).toString('hex')}.example`

function crd(kind: string, subresources: object): KubeObject {
  const singular = kind.toLowerCase()
  const plural = `${singular}s`
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular, listKind: `${kind}List` },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          subresources,
          schema: {
            openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
          },
        },
      ],
    },
  }
}

/** A server lists an established kind a moment later. */
async function untilServed(discovery: Cluster['discovery'], kind: string): Promise<void> {
  for (let asked = 0; asked < 200; asked += 1) {
    discovery.refresh()
    if ((await discovery.find({ group, kind })) !== undefined) return
  }
  throw new Error(`${kind} is never served`)
}

function instance(kind: string, name: string): KubeObject {
  return { apiVersion: `${group}/v1`, kind, metadata: { name } }
}

function markReady(rollouts: Rollouts, resource: string, name: string): Promise<string> {
  return setStatus(rollouts, [resource, name], { conditions: [{ type: 'Ready', status: 'True' }] })
}

function setStatus(
  { kubectl }: Rollouts,
  [resource, name]: readonly [string, string],
  status: object,
): Promise<string> {
  const patch = `--patch=${JSON.stringify({ status })}`
  return kubectl('patch', resource, name, '--subresource=status', '--type=merge', patch)
}

test('waiting for custom resources and claims on a real control plane', async (t) => {
  await t.test('a definition is waited for, and its objects by their status', async (t) => {
    const rollouts = await testRollouts(t)
    t.teardown(() => rollouts.kubectl('delete', 'crd', `widgets.${group}`, '--wait=false'))
    const definition = await rollouts.apply(crd('Widget', { status: {} }))
    t.equal((await rollouts.await(definition)).kind, 'healthy')
    await untilServed(rollouts.cluster.discovery, 'Widget')

    const targets = await rollouts.apply(instance('Widget', 'one'))
    const silent = await rollouts.await(targets, {
      thresholds: { noStatusMs: 1_000_000 },
      timeoutMs: 1_500,
    })
    t.equal(silent.kind, 'timeout')
    t.match(only(silent).message, /has not written a status yet/)

    const waiting = rollouts.await(targets, { thresholds: { noStatusMs: 1_000_000 } })
    await markReady(rollouts, `widgets.${group}`, 'one')
    t.equal((await waiting).kind, 'healthy')

    await rollouts.await(await rollouts.apply(crd('Widget', {})))
    const plain = await rollouts.await(await rollouts.apply(instance('Widget', 'two')), {
      thresholds: { noStatusMs: 1_000_000 },
    })
    t.equal(plain.kind, 'healthy', 'a kind that lost its status is not waited for')
  })

  await t.test('a rule of the configuration decides in place of ours', async (t) => {
    const rollouts = await testRollouts(t)
    const plural = `boxes.${group}`
    t.teardown(() => rollouts.kubectl('delete', 'crd', plural, '--wait=false'))
    const box = crd('Box', { status: {} })
    const names = { kind: 'Box', plural: 'boxes', singular: 'box', listKind: 'BoxList' }
    const spec = { ...(box['spec'] as object), names }
    await rollouts.await(await rollouts.apply({ ...box, metadata: { name: plural }, spec }))
    await untilServed(rollouts.cluster.discovery, 'Box')
    const rules = [
      {
        group,
        kind: 'Box',
        healthy: 'status.slots == spec.slots && status.observedGeneration == metadata.generation',
        failed: 'status.conditions.exists(c, c.type == "Jammed" && c.status != "False")',
        progressing: undefined,
      },
    ]
    const targets = await rollouts.apply({ ...instance('Box', 'one'), spec: { slots: 3 } })
    const silent = await rollouts.await(targets, { rules, timeoutMs: 500 })
    t.equal(silent.kind, 'timeout')
    t.match(only(silent).message, /^not healthy yet, .* \(No such key: \w+\)$/)

    const waiting = rollouts.await(targets, { rules })
    await setStatus(rollouts, [plural, 'one'], { slots: 2 })
    await setStatus(rollouts, [plural, 'one'], { slots: 3, observedGeneration: 1 })
    t.equal((await waiting).kind, 'healthy')

    const jam = { type: 'Jammed', status: 'Unknown', reason: 'NoSensor' }
    await setStatus(rollouts, [plural, 'one'], { slots: 0, conditions: [jam] })
    const failed = await rollouts.await(
      targets.map(({ ref, generation }) => ({ ref, generation })),
      {
        rules,
      },
    )
    t.equal(failed.kind, 'degraded')
    t.match(only(failed).message, /^failed, by "failed" .*: Jammed is Unknown: NoSensor$/)
  })

  await t.test('the address of a load balancer is waited for where a rule says so', async (t) => {
    const rollouts = await testRollouts(t)
    const rules = [
      {
        group: '',
        kind: 'Service',
        healthy: 'spec.type != "LoadBalancer" || has(status.loadBalancer.ingress)',
        failed: undefined,
        progressing: undefined,
      },
    ]
    const service = (name: string, type: string) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { type, selector: { app: 'web' }, ports: [{ port: 80 }] },
    })
    const targets = await rollouts.apply(service('edge', 'LoadBalancer'), service('a', 'ClusterIP'))
    t.equal((await rollouts.await(targets)).kind, 'healthy', 'by our own rule')

    const waiting = rollouts.await(targets, { rules })
    await setStatus(rollouts, ['service', 'edge'], {
      loadBalancer: { ingress: [{ ip: '192.0.2.1' }] },
    })
    t.equal((await waiting).kind, 'healthy')
  })

  await t.test('a claim that is bound on first use is not waited for', async (t) => {
    const rollouts = await testRollouts(t)
    const name = `lazy-${rollouts.namespace}`
    t.teardown(() => rollouts.kubectl('delete', 'storageclass', name))
    const targets = await rollouts.apply(
      {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: { name },
        provisioner: 'example.com/none',
        volumeBindingMode: 'WaitForFirstConsumer',
      },
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'data' },
        spec: {
          storageClassName: name,
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: '1Gi' } },
        },
      },
    )

    t.equal((await rollouts.await(targets)).kind, 'healthy')
  })

  await t.test('R16: at most one list a second when every watch comes too late', async (t) => {
    const rollouts = await testRollouts(t)
    const { own, discovery } = rollouts.cluster
    t.teardown(() => rollouts.kubectl('delete', 'crd', `gadgets.${group}`, '--wait=false'))
    await rollouts.await(await rollouts.apply(crd('Gadget', { status: {} })))
    await untilServed(discovery, 'Gadget')
    const targets = await rollouts.apply(instance('Gadget', 'one'))
    const events: string[] = []
    const third = Promise.withResolvers<void>()
    let lists = 0
    const started = Date.now()

    const waiting = rollouts.await(targets, {
      thresholds: { noStatusMs: 1_000_000 },
      reads: {
        async list(query) {
          lists += 1
          if (lists === 3) third.resolve()
          // The server began to keep versions of this kind long after its first one.
          return { ...(await own.list(query)), resourceVersion: '1' }
        },
        async *watch(query, options) {
          for await (const event of own.watch(query, options)) {
            events.push(event.type)
            yield event
          }
        },
      },
    })
    await third.promise
    await markReady(rollouts, `gadgets.${group}`, 'one')

    t.equal((await waiting).kind, 'healthy')
    t.ok(events.length >= 3 && events.every((type) => type === 'GONE'), events.join())
    t.ok(lists <= 1 + (Date.now() - started) / 1_000, `${lists} lists`)
  })
})
