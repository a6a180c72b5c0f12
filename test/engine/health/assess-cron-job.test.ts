import { test } from 'tap'
import { live, testHealth } from '../../support/health-cases.ts'

const cronJob = (status: object, spec: object = {}) =>
  live('batch/v1', 'CronJob', { spec: { ...spec }, status: { ...status } })

test('health of a CronJob', async (t) => {
  await testHealth(t, [
    { title: 'one that never ran is healthy', object: cronJob({}), health: 'Healthy' },
    {
      title: 'one whose last run succeeded is healthy',
      object: cronJob({
        lastScheduleTime: '2026-03-01T11:00:00Z',
        lastSuccessfulTime: '2026-03-01T11:00:20Z',
      }),
      health: 'Healthy',
    },
    {
      title: 'one that runs now is healthy',
      object: cronJob({ lastScheduleTime: '2026-03-01T11:00:00Z', active: [{ name: 'web-1' }] }),
      health: 'Healthy',
    },
    {
      title: 'one whose last run failed is a failure',
      object: cronJob({
        lastScheduleTime: '2026-03-01T11:00:00Z',
        lastSuccessfulTime: '2026-03-01T10:00:20Z',
      }),
      health: 'Degraded',
      message: /^its run of 2026-03-01T11:00:00Z did not succeed$/,
    },
    {
      title: 'one that never succeeded is a failure',
      object: cronJob({ lastScheduleTime: '2026-03-01T11:00:00Z' }),
      health: 'Degraded',
    },
    {
      title: 'one whose last run failed and that runs again is healthy so far',
      object: cronJob({
        lastScheduleTime: '2026-03-01T11:00:00Z',
        lastSuccessfulTime: '2026-03-01T10:00:20Z',
        active: [{ name: 'web-2' }],
      }),
      health: 'Healthy',
    },
    {
      title: 'a suspended one is suspended',
      object: cronJob({}, { suspend: true }),
      health: 'Suspended',
    },
  ])
})
