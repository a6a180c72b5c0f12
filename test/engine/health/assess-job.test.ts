import { test } from 'tap'
import { condition, live, podOf, testHealth, waiting } from '../../support/health-cases.ts'

const job = (status: object, spec: object = {}) =>
  live('batch/v1', 'Job', { spec: { ...spec }, status: { ...status } })
const started = job({ startTime: '2026-03-01T11:59:00Z', active: 1 }, { completions: 3 })

test('health of a Job', async (t) => {
  await testHealth(t, [
    { title: 'one not started is progressing', object: job({}), health: 'Progressing' },
    {
      title: 'one that runs is waited for to its end',
      object: started,
      health: 'Progressing',
      message: /^0 of 3 completions$/,
    },
    {
      title: 'a complete one is healthy',
      object: job({ conditions: [condition('Complete', 'True')] }),
      health: 'Healthy',
    },
    {
      title: 'a failed one is a failure, with its reason',
      object: job({
        conditions: [
          condition('Failed', 'True', {
            reason: 'BackoffLimitExceeded',
            message: 'Job has reached the specified backoff limit',
          }),
        ],
      }),
      health: 'Degraded',
      message: /^it failed: BackoffLimitExceeded: Job has reached/,
    },
    {
      title: 'one whose failure is certain is waited for until its pods have ended',
      object: job({ conditions: [condition('FailureTarget', 'True')] }),
      health: 'Progressing',
    },
    {
      title: 'one whose success is certain is waited for until its pods have ended',
      object: job({ conditions: [condition('SuccessCriteriaMet', 'True')] }),
      health: 'Progressing',
    },
    {
      title: 'a failed one tells what its pod says',
      object: job({
        conditions: [condition('Failed', 'True', { reason: 'BackoffLimitExceeded' })],
      }),
      context: {
        pods: [podOf(job({}), { status: { phase: 'Failed', reason: 'Evicted' } })],
      },
      health: 'Degraded',
      message: /^it failed: BackoffLimitExceeded; pod web-1: it failed: Evicted$/,
    },
    {
      title: 'a suspended one is suspended',
      object: job({ conditions: [condition('Suspended', 'True')] }, { suspend: true }),
      health: 'Suspended',
    },
    {
      title: 'one that was resumed is progressing, whatever its condition still says',
      object: job({ conditions: [condition('Suspended', 'True')] }, { suspend: false }),
      health: 'Progressing',
    },
    {
      title: 'a complete one that is suspended is healthy',
      object: job({ conditions: [condition('Complete', 'True')] }, { suspend: true }),
      health: 'Healthy',
    },
    {
      title: 'a pod that can never start fails it, since no backoff limit ever would',
      object: started,
      context: {
        pods: [podOf(started, { status: { containerStatuses: [waiting('InvalidImageName')] } })],
      },
      health: 'Degraded',
      message: /^pod web-1: container app: InvalidImageName$/,
    },
    {
      title: 'a crash loop is left to its backoff limit',
      object: started,
      context: {
        pods: [
          podOf(started, {
            status: { containerStatuses: [waiting('CrashLoopBackOff', { restartCount: 9 })] },
          }),
        ],
      },
      health: 'Progressing',
      message: /CrashLoopBackOff/,
    },
    {
      title: 'a failed pod is left to its backoff limit',
      object: started,
      context: { pods: [podOf(started, { status: { phase: 'Failed' } })] },
      health: 'Progressing',
      message: /pod web-1: it failed$/,
    },
  ])
})
