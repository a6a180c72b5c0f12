import type { HealthAssessment } from '../../domain/health.ts'
import type { KubeObject } from '../../domain/kube-object.ts'
import { degradedFrom, progressing } from './assessment.ts'
import { findCondition } from './condition.ts'
import type { HealthContext } from './health-context.ts'
import { stoodBefore } from './observed.ts'

/**
 * The controller is refused its pods (quota, admission, a missing ServiceAccount). A rolling update
 * under a tight quota is refused too, until an old pod has gone: that is what the grace is for.
 */
export function withReplicaFailure(
  assessment: HealthAssessment,
  object: KubeObject,
  context: HealthContext,
): HealthAssessment {
  const failure = findCondition(object, 'ReplicaFailure')
  if (failure?.status !== 'True') return assessment
  const told = [failure.reason, failure.message].filter(Boolean).join(': ')
  const message = told || 'its pods cannot be created'
  if (stoodBefore(failure, context.applied)) return progressing(message)
  const { since } = failure
  const degradesAt = since === undefined ? undefined : since + context.thresholds.replicaFailureMs
  return degradedFrom(degradesAt, context.now, message)
}
