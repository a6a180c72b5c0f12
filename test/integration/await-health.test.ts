import { test } from 'tap'
import { only, testRollouts, workload } from '../support/rollout.ts'

test('waiting for rollouts on a real control plane', async (t) => {
  for (const kind of ['Deployment', 'StatefulSet', 'DaemonSet'] as const) {
    await t.test(`a ${kind} becomes healthy`, async (t) => {
      const rollouts = await testRollouts(t)
      const targets = await rollouts.apply(workload(kind))

      const found = await rollouts.await(targets)

      t.equal(found.kind, 'healthy')
      t.strictSame(only(found), { health: 'Healthy', message: '' })
    })

    await t.test(`a ${kind} that fails is told, and its fix becomes healthy`, async (t) => {
      const rollouts = await testRollouts(t)
      const broken = await rollouts.apply(workload(kind, 'crash-loop'))
      const failed = await rollouts.await(broken)
      t.equal(failed.kind, 'degraded')
      t.match(only(failed).message, /^pod web-.*: container agent: CrashLoopBackOff: back-off 40s/)

      const fixed = await rollouts.apply(workload(kind))
      // A StatefulSet leaves its broken pod for ever: https://github.com/kubernetes/kubernetes/issues/67250
      if (kind === 'StatefulSet') await rollouts.kubectl('delete', 'pod', 'web-0')
      const found = await rollouts.await(fixed)

      t.equal(found.kind, 'healthy', only(found).message)
    })
  }

  await t.test('a Job is waited for to its end', async (t) => {
    const rollouts = await testRollouts(t)
    const targets = await rollouts.apply({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'once' },
      spec: {
        ttlSecondsAfterFinished: 0,
        template: {
          spec: { restartPolicy: 'Never', containers: [{ name: 'agent', image: 'web:1' }] },
        },
      },
    })

    const found = await rollouts.await(targets)

    t.equal(found.kind, 'healthy', only(found).message)
  })

  await t.test('a rollout by hand in between does not hold up the wait', async (t) => {
    const rollouts = await testRollouts(t)
    const targets = await rollouts.apply(workload('Deployment'))
    await rollouts.kubectl('rollout', 'restart', 'deployment/web')

    t.equal((await rollouts.await(targets)).kind, 'healthy')
  })
})
