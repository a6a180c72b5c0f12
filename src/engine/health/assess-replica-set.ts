import type { HealthAssessment } from '../../domain/health.ts'
import type { KubeObject } from '../../domain/kube-object.ts'
import { healthy, progressing } from './assessment.ts'
import type { HealthContext } from './health-context.ts'
import { podsOf } from './newest-pods.ts'
import { isUnobserved, unobserved } from './observed.ts'
import { readNumber } from './read-field.ts'
import { withReplicaFailure } from './replica-failure.ts'
import { withPods } from './with-pods.ts'

/** ReplicationController too: the same fields, the same promises. */
export function assessReplicaSet(object: KubeObject, context: HealthContext): HealthAssessment {
  if (isUnobserved(object)) return unobserved
  const missing = describeReplicas(object)
  const assessment = missing === undefined ? healthy : progressing(missing)
  return withPods(withReplicaFailure(assessment, object, context), podsOf(object, context), context)
}

function describeReplicas(object: KubeObject): string | undefined {
  const count = (field: string) => readNumber(object, 'status', field) ?? 0
  const wanted = readNumber(object, 'spec', 'replicas') ?? 1
  const shortages: [field: string, word: string][] = [
    ['fullyLabeledReplicas', 'labelled'],
    ['availableReplicas', 'available'],
    ['readyReplicas', 'ready'],
  ]
  const short = shortages.find(([field]) => count(field) < wanted)
  if (short !== undefined) return `${count(short[0])} of ${wanted} replicas are ${short[1]}`
  const surplus = count('replicas') - wanted
  return surplus > 0 ? `${surplus} replicas too many are still there` : undefined
}
