import { test } from 'tap'
import type { KubeObject } from '../../src/domain/kube-object.ts'
import { only, testRollouts, workload } from '../support/rollout.ts'

function many(pod: Parameters<typeof workload>[1], replicas = 1): KubeObject[] {
  return Array.from({ length: 6 }, (_, index) => {
    const text = JSON.stringify(workload('Deployment', pod, { replicas }))
    return JSON.parse(text.replaceAll('"web"', `"web-${index}"`))
  })
}

test('what the wait asks of a real control plane', async (t) => {
  await t.test('nothing for what has no rollout', async (t) => {
    const rollouts = await testRollouts(t)
    const targets = await rollouts.apply(
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { a: '1' } },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web' },
        spec: { ports: [{ port: 80 }] },
      },
    )
    rollouts.verbs.length = 0

    t.equal((await rollouts.await(targets)).kind, 'healthy')
    t.strictSame(rollouts.verbs, [])
  })

  await t.test('nothing for a Deployment that runs as it was applied', async (t) => {
    const rollouts = await testRollouts(t)
    await rollouts.await(await rollouts.apply(workload('Deployment')))
    const targets = await rollouts.apply(workload('Deployment'))
    rollouts.verbs.length = 0

    t.equal((await rollouts.await(targets)).kind, 'healthy')
    t.strictSame(rollouts.verbs, [])
  })

  await t.test(
    'three lists and two watches for a Deployment that rolls out, one more where it fails',
    async (t) => {
      const rollouts = await testRollouts(t)
      const targets = await rollouts.apply(workload('Deployment', 'image-pull-error'))
      rollouts.verbs.length = 0

      await rollouts.await(targets, { thresholds: { imagePullMs: 2_000 } })

      t.strictSame(rollouts.verbs.toSorted(), ['list', 'list', 'list', 'list', 'watch', 'watch'])
    },
  )

  await t.test('two watches for many Deployments of one namespace', async (t) => {
    const rollouts = await testRollouts(t)
    const targets = await rollouts.apply(...many('image-pull-error'))
    rollouts.verbs.length = 0

    const { objects } = await rollouts.await(targets, { thresholds: { imagePullMs: 3_000 } })

    t.equal(rollouts.verbs.filter((verb) => verb === 'watch').length, 2)
    t.match(
      objects.map(({ assessment }) => assessment.message),
      Array.from(objects, () => /pod web-\d-.*ImagePullBackOff/),
    )
  })

  await t.test('one watch where there are to be no pods', async (t) => {
    const rollouts = await testRollouts(t)
    const targets = await rollouts.apply(...many(undefined, 0))
    rollouts.verbs.length = 0

    t.equal((await rollouts.await(targets)).kind, 'healthy')
    t.ok(rollouts.verbs.length <= 2, rollouts.verbs.join())
  })

  await t.test('a deleted object ends it', async (t) => {
    const rollouts = await testRollouts(t)
    const targets = await rollouts.apply(workload('Deployment', 'never-ready'))
    const waiting = rollouts.await(targets)
    await rollouts.kubectl('delete', 'deployment', 'web', '--wait=false')

    const found = await waiting

    t.equal(found.kind, 'degraded')
    t.equal(only(found).health, 'Missing')
  })

  await t.test('a newer commit ends it', async (t) => {
    const rollouts = await testRollouts(t)
    const targets = await rollouts.apply(workload('Deployment', 'never-ready'))
    const newer = new AbortController()
    const waiting = rollouts.await(targets, { signal: newer.signal })
    newer.abort()

    t.equal((await waiting).kind, 'cancelled')
  })
})
