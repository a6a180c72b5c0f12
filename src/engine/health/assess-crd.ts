import type { HealthAssessment } from '../../domain/health.ts'
import type { KubeObject } from '../../domain/kube-object.ts'
import { degraded, healthy, progressing } from './assessment.ts'
import { describeCondition, findCondition } from './condition.ts'

export function assessCrd(object: KubeObject): HealthAssessment {
  const names = findCondition(object, 'NamesAccepted')
  if (names?.status === 'False') return degraded(describeCondition(names))
  const structure = findCondition(object, 'NonStructuralSchema')
  if (structure?.status === 'True') return degraded(describeCondition(structure))
  const established = findCondition(object, 'Established')
  if (established?.status === 'True') return healthy
  if (established?.status === 'False' && established.reason !== 'Installing') {
    return degraded(describeCondition(established))
  }
  return progressing('it is not established yet')
}
