import { randomBytes } from 'node:crypto'
import { test } from 'tap'
import type { Cluster } from '../../src/cluster/cluster.ts'
import type { KubeObject } from '../../src/domain/kube-object.ts'
import { only, testRollouts } from '../support/rollout.ts'

const group = `test-${randomBytes(4).toString('hex')}.example`

function crd(subresources: object): KubeObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `widgets.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind: 'Widget', plural: 'widgets', singular: 'widget', listKind: 'WidgetList' },
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
async function untilServed(discovery: Cluster['discovery']): Promise<void> {
  for (let asked = 0; asked < 200; asked += 1) {
    discovery.refresh()
    if ((await discovery.find({ group, kind: 'Widget' })) !== undefined) return
  }
  throw new Error(`${group} is never served`)
}

function widget(name: string): KubeObject {
  return { apiVersion: `${group}/v1`, kind: 'Widget', metadata: { name } }
}

test('waiting for custom resources and claims on a real control plane', async (t) => {
  await t.test('a definition is waited for, and its objects by their status', async (t) => {
    const rollouts = await testRollouts(t)
    t.teardown(() => rollouts.kubectl('delete', 'crd', `widgets.${group}`, '--wait=false'))
    const definition = await rollouts.apply(crd({ status: {} }))
    t.equal((await rollouts.await(definition)).kind, 'healthy')
    await untilServed(rollouts.cluster.discovery)

    const targets = await rollouts.apply(widget('one'))
    const silent = await rollouts.await(targets, {
      thresholds: { noStatusMs: 1_000_000 },
      timeoutMs: 1_500,
    })
    t.equal(silent.kind, 'timeout')
    t.match(only(silent).message, /has not written a status yet/)

    const waiting = rollouts.await(targets, { thresholds: { noStatusMs: 1_000_000 } })
    const status = { conditions: [{ type: 'Ready', status: 'True' }] }
    await rollouts.kubectl(
      'patch',
      `widgets.${group}`,
      'one',
      '--subresource=status',
      '--type=merge',
      `--patch=${JSON.stringify({ status })}`,
    )
    t.equal((await waiting).kind, 'healthy')

    await rollouts.await(await rollouts.apply(crd({})))
    const plain = await rollouts.await(await rollouts.apply(widget('two')), {
      thresholds: { noStatusMs: 1_000_000 },
    })
    t.equal(plain.kind, 'healthy', 'a kind that lost its status is not waited for')
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
})
