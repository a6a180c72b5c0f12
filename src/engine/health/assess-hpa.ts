import type { HealthAssessment } from '../../domain/health.ts'
import type { KubeObject } from '../../domain/kube-object.ts'
import { degraded, healthy, progressing } from './assessment.ts'
import { describeCondition, findCondition, hasCondition } from './condition.ts'

const failures: Readonly<Record<string, readonly string[]>> = {
  AbleToScale: ['FailedGetScale', 'FailedUpdateScale'],
  ScalingActive: [
    'FailedGetResourceMetric',
    'FailedGetContainerResourceMetric',
    'FailedGetObjectMetric',
    'FailedGetPodsMetric',
    'FailedGetExternalMetric',
    'FailedComputeMetricsReplicas',
    'InvalidSelector',
  ],
}

export function assessHpa(object: KubeObject): HealthAssessment {
  for (const [type, reasons] of Object.entries(failures)) {
    const condition = findCondition(object, type)
    if (condition?.status === 'False' && reasons.includes(condition.reason ?? '')) {
      return degraded(describeCondition(condition))
    }
  }
  const isScaling =
    hasCondition(object, 'AbleToScale', 'True') || hasCondition(object, 'ScalingLimited', 'True')
  return isScaling ? healthy : progressing('its controller has not looked at it yet')
}
