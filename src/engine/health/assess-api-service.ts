import type { HealthAssessment } from '../../domain/health.ts'
import type { KubeObject } from '../../domain/kube-object.ts'
import { healthy, progressing } from './assessment.ts'
import { describeCondition, findCondition } from './condition.ts'

export function assessApiService(object: KubeObject): HealthAssessment {
  const available = findCondition(object, 'Available')
  if (available?.status === 'True') return healthy
  return progressing(
    available === undefined ? 'it is not available yet' : describeCondition(available),
  )
}
