import type { HealthAssessment } from '../../domain/health.ts'
import type { KubeObject } from '../../domain/kube-object.ts'
import { healthy, progressing } from './assessment.ts'
import { readText } from './read-field.ts'

/** A load balancer's address is not waited for: many clusters never give one. */
export function assessService(object: KubeObject): HealthAssessment {
  const isLoadBalancer = readText(object, 'spec', 'type') === 'LoadBalancer'
  if (isLoadBalancer && readText(object, 'spec', 'clusterIP') === undefined) {
    return progressing('it has no cluster IP yet')
  }
  return healthy
}
