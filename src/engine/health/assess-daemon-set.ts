import type { HealthAssessment } from '../../domain/health.ts'
import type { KubeObject } from '../../domain/kube-object.ts'
import { healthy, progressing } from './assessment.ts'
import type { HealthContext } from './health-context.ts'
import { podsOfDaemonSet } from './newest-pods.ts'
import { unobserved } from './observed.ts'
import { readNumber, readText } from './read-field.ts'
import { withPods } from './with-pods.ts'

export function assessDaemonSet(object: KubeObject, context: HealthContext): HealthAssessment {
  const isComplete = [
    readNumber(object, 'metadata', 'generation'),
    readNumber(object, 'status', 'observedGeneration'),
    readNumber(object, 'status', 'desiredNumberScheduled'),
  ].every((field) => field !== undefined)
  if (!isComplete) return unobserved
  if (readText(object, 'spec', 'updateStrategy', 'type') === 'OnDelete') return healthy
  const missing = describeReplicas(object)
  const assessment = missing === undefined ? healthy : progressing(missing)
  return withPods(assessment, podsOfDaemonSet(object, context), context)
}

function describeReplicas(object: KubeObject): string | undefined {
  const count = (field: string) => readNumber(object, 'status', field) ?? 0
  const wanted = count('desiredNumberScheduled')
  const shortages: [field: string, word: string][] = [
    ['currentNumberScheduled', 'have a pod'],
    ['updatedNumberScheduled', 'have the updated pod'],
    ['numberAvailable', 'have an available pod'],
    ['numberReady', 'have a ready pod'],
  ]
  const short = shortages.find(([field]) => count(field) < wanted)
  return short && `${count(short[0])} of ${wanted} nodes ${short[1]}`
}
