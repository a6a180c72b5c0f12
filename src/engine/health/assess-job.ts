import type { HealthAssessment } from '../../domain/health.ts'
import type { KubeObject } from '../../domain/kube-object.ts'
import { degraded, healthy, progressing, suspended } from './assessment.ts'
import { findCondition, hasCondition } from './condition.ts'
import type { HealthContext } from './health-context.ts'
import { podsOf } from './newest-pods.ts'
import { readField, readNumber } from './read-field.ts'
import { withPods } from './with-pods.ts'

export function assessJob(object: KubeObject, context: HealthContext): HealthAssessment {
  const outcome = assessFinishedJob(object)
  if (outcome !== undefined) return withPods(outcome, podsOf(object, context), context)
  if (readField(object, 'spec', 'suspend') === true) return suspended('it is suspended')
  return withPods(progressing(describeProgress(object)), podsOf(object, context), {
    ...context,
    // How often its pods may fail is the Job's own backoffLimit.
    thresholds: { ...context.thresholds, crashLoopRestarts: Number.POSITIVE_INFINITY },
  })
}

function describeProgress(object: KubeObject): string {
  const succeeded = readNumber(object, 'status', 'succeeded') ?? 0
  const wanted = readNumber(object, 'spec', 'completions') ?? 1
  return `${succeeded} of ${wanted} completions`
}

/** undefined: it has not finished. */
export function assessFinishedJob(object: KubeObject): HealthAssessment | undefined {
  const failed = findCondition(object, 'Failed')
  if (failed?.status === 'True') {
    return degraded(['it failed', failed.reason, failed.message].filter(Boolean).join(': '))
  }
  return hasCondition(object, 'Complete', 'True') ? healthy : undefined
}
