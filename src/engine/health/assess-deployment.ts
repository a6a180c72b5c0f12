import type { HealthAssessment } from '../../domain/health.ts'
import type { KubeObject } from '../../domain/kube-object.ts'
import { degraded, healthy, progressing, suspended } from './assessment.ts'
import { type Condition, findCondition, hasCondition } from './condition.ts'
import type { HealthContext } from './health-context.ts'
import { podsOfDeployment } from './newest-pods.ts'
import { isUnobserved, stoodBefore, unobserved } from './observed.ts'
import { readField, readNumber } from './read-field.ts'
import { withReplicaFailure } from './replica-failure.ts'
import { withPods } from './with-pods.ts'

export function assessDeployment(object: KubeObject, context: HealthContext): HealthAssessment {
  if (isUnobserved(object)) return unobserved
  if (readField(object, 'spec', 'paused') === true) return suspended('its rollout is paused')
  return withPods(assessRollout(object, context), podsOfDeployment(object, context), context)
}

function assessRollout(object: KubeObject, context: HealthContext): HealthAssessment {
  const exceeded = findExceeded(object)
  if (exceeded !== undefined && !stoodBefore(exceeded, context.applied)) {
    return degraded(['progress deadline exceeded', exceeded.message].filter(Boolean).join(': '))
  }
  const missing = describeMissing(object)
  return missing === undefined ? healthy : withReplicaFailure(progressing(missing), object, context)
}

function findExceeded(object: KubeObject): Condition | undefined {
  const condition = findCondition(object, 'Progressing')
  return condition?.reason === 'ProgressDeadlineExceeded' ? condition : undefined
}

function describeMissing(object: KubeObject): string | undefined {
  return describeReplicas(object) ?? describeConditions(object)
}

function describeReplicas(object: KubeObject): string | undefined {
  const count = (field: string) => readNumber(object, 'status', field) ?? 0
  const wanted = readNumber(object, 'spec', 'replicas') ?? 1
  const updated = count('updatedReplicas')
  const surplus = count('replicas') - wanted
  if (updated < wanted) return `${updated} of ${wanted} replicas are updated`
  if (surplus > 0) return `${surplus} old replicas are still there`
  if (count('availableReplicas') < updated) {
    return `${count('availableReplicas')} of ${updated} updated replicas are available`
  }
  if (count('readyReplicas') < wanted) {
    return `${count('readyReplicas')} of ${wanted} replicas are ready`
  }
  return undefined
}

// The controller keeps a condition Progressing only where there is a deadline.
const noDeadline = 2 ** 31 - 1

function describeConditions(object: KubeObject): string | undefined {
  const deadline = readNumber(object, 'spec', 'progressDeadlineSeconds') ?? noDeadline
  const progress = findCondition(object, 'Progressing')
  const isComplete = progress?.status === 'True' && progress.reason === 'NewReplicaSetAvailable'
  if (deadline !== noDeadline && !isComplete) return 'its newest ReplicaSet is not available yet'
  return hasCondition(object, 'Available', 'True') ? undefined : 'it is not available'
}
