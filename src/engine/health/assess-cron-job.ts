import type { HealthAssessment } from '../../domain/health.ts'
import type { KubeObject } from '../../domain/kube-object.ts'
import { degraded, healthy, suspended } from './assessment.ts'
import { readField, readRecords, readText, readTime } from './read-field.ts'

export function assessCronJob(object: KubeObject): HealthAssessment {
  if (readField(object, 'spec', 'suspend') === true) return suspended('it is suspended')
  const scheduled = readTime(object, 'status', 'lastScheduleTime')
  const isActive = readRecords(object, 'status', 'active').length > 0
  if (scheduled === undefined || isActive) return healthy
  const succeeded = readTime(object, 'status', 'lastSuccessfulTime')
  if (succeeded !== undefined && succeeded >= scheduled) return healthy
  return degraded(`its run of ${readText(object, 'status', 'lastScheduleTime')} did not succeed`)
}
