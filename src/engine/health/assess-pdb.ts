import type { HealthAssessment } from '../../domain/health.ts'
import type { KubeObject } from '../../domain/kube-object.ts'
import { degraded, healthy } from './assessment.ts'
import { describeCondition, findCondition } from './condition.ts'

/** That no disruption is allowed just now is what a budget is for. */
export function assessPdb(object: KubeObject): HealthAssessment {
  const allowed = findCondition(object, 'DisruptionAllowed')
  if (allowed?.status !== 'False' || allowed.reason === 'InsufficientPods') return healthy
  return degraded(describeCondition(allowed))
}
