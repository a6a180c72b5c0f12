import type { HealthAssessment } from '../../domain/health.ts'
import type { KubeObject } from '../../domain/kube-object.ts'
import { degraded, healthy, progressing } from './assessment.ts'
import { describeCondition, findCondition } from './condition.ts'
import type { HealthContext } from './health-context.ts'
import { lacksStatus } from './lacks-status.ts'
import { readTime } from './read-field.ts'

// The conditions every kind may have:
// https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md

/** Reconciling and Stalled, which overrule a kind's own rule; undefined: neither says anything. */
export function assessReconciling(object: KubeObject): HealthAssessment | undefined {
  const reconciling = findCondition(object, 'Reconciling')
  if (reconciling?.status === 'True') return progressing(describeCondition(reconciling))
  const stalled = findCondition(object, 'Stalled')
  return stalled?.status === 'True' ? degraded(describeCondition(stalled)) : undefined
}

/** Ready, for kinds without a rule of their own. */
export function assessReady(object: KubeObject): HealthAssessment {
  const ready = findCondition(object, 'Ready')
  if (ready === undefined || ready.status === 'True') return healthy
  return progressing(describeCondition(ready))
}

/** A custom resource. Right after its creation no status means "not looked at", not "ready". */
export function assessCustomResource(object: KubeObject, context: HealthContext): HealthAssessment {
  const created = readTime(object, 'metadata', 'creationTimestamp')
  const isYoung = created !== undefined && context.now < created + context.thresholds.noStatusMs
  if (isYoung && lacksStatus(object) && context.servesStatus !== false) {
    return {
      ...progressing('its controller has not written a status yet'),
      settlesAt: created + context.thresholds.noStatusMs,
    }
  }
  return assessReady(object)
}
