import { test } from 'tap'
import { only, testRollouts, workload } from '../support/rollout.ts'

test('progress deadlines on a real control plane', async (t) => {
  await t.test(
    'an exceeded progress deadline is told, with the pod that is not ready',
    async (t) => {
      const rollouts = await testRollouts(t)
      const spec = { progressDeadlineSeconds: 2 }
      const targets = await rollouts.apply(workload('Deployment', 'never-ready', spec))

      const found = await rollouts.await(targets)

      t.equal(found.kind, 'degraded')
      t.match(
        only(found).message,
        /^progress deadline exceeded: .*timed out progressing.*; pod web-.*: container agent is not ready$/,
      )
    },
  )

  await t.test('going back from an exceeded deadline is no failure', async (t) => {
    const rollouts = await testRollouts(t)
    const spec = { progressDeadlineSeconds: 2 }
    const good = workload('Deployment', undefined, spec)
    await rollouts.await(await rollouts.apply(good))
    const broken = await rollouts.apply(workload('Deployment', 'never-ready', spec))
    t.equal((await rollouts.await(broken)).kind, 'degraded')

    const found = await rollouts.await(await rollouts.apply(good))

    t.equal(found.kind, 'healthy', only(found).message)
  })
})
