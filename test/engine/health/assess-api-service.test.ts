import { test } from 'tap'
import { condition, live, testHealth } from '../../support/health-cases.ts'

const apiService = (conditions: readonly object[]) =>
  live('apiregistration.k8s.io/v1', 'APIService', { status: { conditions: [...conditions] } })

test('health of an APIService', async (t) => {
  await testHealth(t, [
    {
      title: 'an available one is healthy',
      object: apiService([condition('Available', 'True')]),
      health: 'Healthy',
    },
    {
      title: 'an unavailable one is progressing, and says why',
      object: apiService([condition('Available', 'False', { reason: 'MissingEndpoints' })]),
      health: 'Progressing',
      message: /^Available is False: MissingEndpoints$/,
    },
    { title: 'one nobody looked at is progressing', object: apiService([]), health: 'Progressing' },
  ])
})
