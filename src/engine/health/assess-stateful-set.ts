import type { HealthAssessment } from '../../domain/health.ts'
import type { KubeObject } from '../../domain/kube-object.ts'
import { healthy, progressing } from './assessment.ts'
import type { HealthContext } from './health-context.ts'
import { podsOfStatefulSet } from './newest-pods.ts'
import { isUnobserved, unobserved } from './observed.ts'
import { readNumber, readText } from './read-field.ts'
import { withPods } from './with-pods.ts'

export function assessStatefulSet(object: KubeObject, context: HealthContext): HealthAssessment {
  if (isUnobserved(object)) return unobserved
  // With OnDelete pods are replaced by hand, whenever somebody sees fit.
  if (readText(object, 'spec', 'updateStrategy', 'type') === 'OnDelete') return healthy
  const missing = describeReplicas(object) ?? describeUpdate(object)
  const assessment = missing === undefined ? healthy : progressing(missing)
  return withPods(assessment, podsOfStatefulSet(object, context), context)
}

function describeReplicas(object: KubeObject): string | undefined {
  const count = (field: string) => readNumber(object, 'status', field) ?? 0
  const wanted = readNumber(object, 'spec', 'replicas') ?? 1
  const needsAvailable = (readNumber(object, 'spec', 'minReadySeconds') ?? 0) > 0
  if (count('replicas') < wanted) return `${count('replicas')} of ${wanted} replicas exist`
  if (count('readyReplicas') < wanted) {
    return `${count('readyReplicas')} of ${wanted} replicas are ready`
  }
  const surplus = count('replicas') - wanted
  if (surplus > 0) return `${surplus} replicas too many are still there`
  if (needsAvailable && count('availableReplicas') < wanted) {
    return `${count('availableReplicas')} of ${wanted} replicas are available`
  }
  return undefined
}

function describeUpdate(object: KubeObject): string | undefined {
  const count = (field: string) => readNumber(object, 'status', field) ?? 0
  const wanted = readNumber(object, 'spec', 'replicas') ?? 1
  const partition = readNumber(object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition')
  if (partition !== undefined) {
    const updated = count('updatedReplicas')
    const toUpdate = Math.max(0, wanted - partition)
    return updated < toUpdate ? `${updated} of ${toUpdate} replicas are updated` : undefined
  }
  if (count('currentReplicas') < wanted) {
    return `${count('currentReplicas')} of ${wanted} replicas are of the current revision`
  }
  const current = readText(object, 'status', 'currentRevision')
  const update = readText(object, 'status', 'updateRevision')
  return current === update ? undefined : `revision ${update} is not rolled out yet`
}
