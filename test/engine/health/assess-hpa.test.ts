import { test } from 'tap'
import { condition, live, testHealth } from '../../support/health-cases.ts'

const hpa = (conditions: readonly object[]) =>
  live('autoscaling/v2', 'HorizontalPodAutoscaler', { status: { conditions: [...conditions] } })
const able = condition('AbleToScale', 'True')

test('health of a HorizontalPodAutoscaler', async (t) => {
  await testHealth(t, [
    { title: 'one nobody looked at is progressing', object: hpa([]), health: 'Progressing' },
    { title: 'one that is able to scale is healthy', object: hpa([able]), health: 'Healthy' },
    {
      title: 'one at its limit is healthy',
      object: hpa([condition('ScalingLimited', 'True', { reason: 'TooManyReplicas' })]),
      health: 'Healthy',
    },
    {
      title: 'one without a target is a failure',
      object: hpa([condition('AbleToScale', 'False', { reason: 'FailedGetScale' })]),
      health: 'Degraded',
    },
    {
      title: 'one that may not scale is a failure',
      object: hpa([condition('AbleToScale', 'False', { reason: 'FailedUpdateScale' })]),
      health: 'Degraded',
    },
    ...[
      'FailedGetResourceMetric',
      'FailedGetObjectMetric',
      'FailedGetPodsMetric',
      'FailedGetExternalMetric',
      'FailedComputeMetricsReplicas',
      'InvalidSelector',
    ].map((reason) => ({
      title: `${reason} is a failure`,
      object: hpa([able, condition('ScalingActive', 'False', { reason })]),
      health: 'Degraded' as const,
      message: new RegExp(`^ScalingActive is False: ${reason}$`),
    })),
    {
      title: 'one switched off by zero replicas is healthy',
      object: hpa([able, condition('ScalingActive', 'False', { reason: 'ScalingDisabled' })]),
      health: 'Healthy',
    },
  ])
})
