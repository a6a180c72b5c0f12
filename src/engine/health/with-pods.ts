import type { HealthAssessment } from '../../domain/health.ts'
import type { KubeObject } from '../../domain/kube-object.ts'
import { assessPod } from './assess-pod.ts'
import { degraded, pickTelling, prefixed, progressing } from './assessment.ts'
import type { HealthContext } from './health-context.ts'
import { readText } from './read-field.ts'

/**
 * What a rollout's newest pods add to what its controller says: a pod that cannot start fails the
 * rollout long before the progress deadline does, and says why.
 */
export function withPods(
  assessment: HealthAssessment,
  pods: readonly KubeObject[],
  context: HealthContext,
): HealthAssessment {
  if (assessment.health !== 'Progressing' && assessment.health !== 'Degraded') return assessment
  const trouble = pickTelling(pods.map((pod) => tell(pod, context)))
  if (trouble === undefined) return assessment
  const source = sourceOf(trouble)
  if (assessment.health === 'Degraded') {
    return { ...degraded(`${assessment.message}; ${trouble.message}`), ...source }
  }
  if (trouble.health === 'Degraded') return trouble
  const degradesAt = earliest(assessment.degradesAt, trouble.degradesAt)
  return {
    ...progressing(`${assessment.message}; ${trouble.message}`),
    ...(degradesAt === undefined ? {} : { degradesAt }),
    ...source,
  }
}

/** Where more may be found. */
function sourceOf({
  container,
  stuckPod,
}: HealthAssessment): Pick<HealthAssessment, 'container' | 'stuckPod'> {
  return { ...(container && { container }), ...(stuckPod && { stuckPod }) }
}

/** A pod that was evicted or preempted is replaced by its controller: that alone fails no rollout. */
function tell(pod: KubeObject, context: HealthContext): HealthAssessment {
  const assessment = assessPod(pod, context)
  const isReplaced = readText(pod, 'status', 'phase') === 'Failed'
  const told: HealthAssessment = isReplaced ? { ...assessment, health: 'Progressing' } : assessment
  return prefixed(`pod ${pod.metadata.name}`, told)
}

function earliest(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return Math.min(a, b)
}
