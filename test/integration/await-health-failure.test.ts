import { test } from 'tap'
import { only, testRollouts, workload } from '../support/rollout.ts'

const backOff =
  /^pod web-[a-z0-9-]+: container agent: ImagePullBackOff: Back-off pulling image "registry\.example\/web:1"/

test('failing rollouts on a real control plane', async (t) => {
  await t.test('an image that cannot be pulled is told within 2 s of its time', async (t) => {
    const rollouts = await testRollouts(t)
    const applied = Date.now()
    const targets = await rollouts.apply(workload('Deployment', 'image-pull-error'))

    const found = await rollouts.await(targets, { thresholds: { imagePullMs: 2_000 } })

    const seconds = (Date.now() - applied) / 1_000
    t.equal(found.kind, 'degraded')
    t.match(only(found).message, backOff)
    t.ok(seconds > 1 && seconds < 4.5, `told after ${seconds} s`)
  })

  await t.test('before its time is over the wait ends as a timeout that says it too', async (t) => {
    const rollouts = await testRollouts(t)
    const targets = await rollouts.apply(workload('Deployment', 'image-pull-error'))

    const found = await rollouts.await(targets, { timeoutMs: 2_500 })

    t.equal(found.kind, 'timeout')
    t.match(
      only(found).message,
      /^0 of 1 updated replicas are available; pod web-.*ImagePullBackOff/,
    )
  })

  await t.test('pods that a quota refuses are told in its words', async (t) => {
    const rollouts = await testRollouts(t)
    await rollouts.kubectl('create', 'quota', 'small', '--hard=pods=0')
    const targets = await rollouts.apply(workload('Deployment'))

    const found = await rollouts.await(targets, { thresholds: { replicaFailureMs: 1_000 } })

    t.equal(found.kind, 'degraded')
    t.match(only(found).message, /^FailedCreate: .*exceeded quota: small/)
  })

  for (const kind of ['StatefulSet', 'DaemonSet'] as const) {
    await t.test(
      `a ${kind} that is refused its pods is told in the words of its Event`,
      async (t) => {
        const rollouts = await testRollouts(t)
        await rollouts.kubectl('create', 'quota', 'small', '--hard=pods=0')
        const targets = await rollouts.apply(workload(kind))

        const found = await rollouts.await(targets, { timeoutMs: 3_000 })

        t.equal(found.kind, 'timeout')
        t.match(only(found).message, /; its events say: FailedCreate: .*exceeded quota: small/)
      },
    )
  }

  await t.test('a pod that no node takes is told in the words of the scheduler', async (t) => {
    const rollouts = await testRollouts(t)
    const [target] = await rollouts.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'huge' },
      spec: {
        containers: [{ name: 'agent', image: 'web:1', resources: { requests: { cpu: '900000' } } }],
      },
    })

    const found = await rollouts.await(target ? [target] : [], {
      thresholds: { unschedulableMs: 1_000 },
    })

    t.equal(found.kind, 'degraded')
    t.match(only(found).message, /^Unschedulable: .*Insufficient cpu/)
  })
})
