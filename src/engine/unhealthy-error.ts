import { type ErrorSubject, StageError } from '../domain/error.ts'
import type { HealthAssessment } from '../domain/health.ts'
import { describeRef, type ObjectRef } from '../domain/kube-object.ts'
import type { AwaitedHealth } from './await-health.ts'

/** Why a wait for health has not ended well; undefined: it has, or a newer commit ended it. */
export function unhealthyError(waited: AwaitedHealth): StageError | undefined {
  if (waited.kind === 'healthy' || waited.kind === 'cancelled') return undefined
  const unwell = waited.objects.filter(
    ({ isAwaited, assessment }) => isAwaited && assessment.health !== 'Healthy',
  )
  const culprit =
    unwell.find(({ assessment }) => ['Degraded', 'Missing'].includes(assessment.health)) ??
    unwell[0]
  if (culprit === undefined) return undefined
  const code = waited.kind === 'degraded' ? 'HEALTH_DEGRADED' : 'HEALTH_TIMEOUT'
  return new StageError(code, textOf(culprit), { subjects: [subjectOf(culprit)] })
}

function textOf({ ref, assessment }: { ref: ObjectRef; assessment: HealthAssessment }): string {
  return `${describeRef(ref)}: ${assessment.message}`
}

function subjectOf({
  ref,
  assessment,
}: {
  ref: ObjectRef
  assessment: HealthAssessment
}): ErrorSubject {
  return { object: describeRef(ref), message: assessment.message }
}
