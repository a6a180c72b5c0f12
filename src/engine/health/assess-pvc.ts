import type { HealthAssessment } from '../../domain/health.ts'
import type { KubeObject } from '../../domain/kube-object.ts'
import { degraded, healthy, progressing } from './assessment.ts'
import type { HealthContext } from './health-context.ts'
import { readText } from './read-field.ts'

export function assessPvc(object: KubeObject, context: HealthContext): HealthAssessment {
  const phase = readText(object, 'status', 'phase')
  if (phase === 'Bound') return healthy
  if (phase === 'Lost') return degraded('its volume is lost')
  // Bound when a pod uses it; whoever waits for that pod waits for the volume too.
  if (context.volumeBindingMode === 'WaitForFirstConsumer') return healthy
  const storageClass = readText(object, 'spec', 'storageClassName')
  return progressing(
    storageClass === undefined
      ? 'it is not bound and names no StorageClass'
      : `it is not bound; its StorageClass is ${storageClass}`,
  )
}
