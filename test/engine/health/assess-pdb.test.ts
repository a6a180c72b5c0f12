import { test } from 'tap'
import { condition, live, testHealth } from '../../support/health-cases.ts'

const budget = (conditions: readonly object[], observedGeneration = 2) =>
  live('policy/v1', 'PodDisruptionBudget', {
    status: { observedGeneration, conditions: [...conditions] },
  })

test('health of a PodDisruptionBudget', async (t) => {
  await testHealth(t, [
    {
      title: 'one that allows a disruption is healthy',
      object: budget([condition('DisruptionAllowed', 'True')]),
      health: 'Healthy',
    },
    {
      title: 'one that allows none just now is healthy',
      object: budget([condition('DisruptionAllowed', 'False', { reason: 'InsufficientPods' })]),
      health: 'Healthy',
    },
    {
      title: 'one that cannot be worked out is a failure',
      object: budget([condition('DisruptionAllowed', 'False', { reason: 'SyncFailed' })]),
      health: 'Degraded',
      message: /SyncFailed$/,
    },
    {
      title: 'one whose controller has not seen its generation is progressing',
      object: budget([], 1),
      health: 'Progressing',
    },
  ])
})
