import type { HealthAssessment } from '../../domain/health.ts'
import type { KubeObject } from '../../domain/kube-object.ts'
import { describeExit } from './assess-container.ts'
import { progressing } from './assessment.ts'
import { findCondition } from './condition.ts'
import { containersOf, type TitledContainer } from './containers-of.ts'
import { failedContainerOf } from './failed-container.ts'
import { readField, readText } from './read-field.ts'

/** Progressing, and what a pod in which nothing holds up its containers still waits for. */
export function assessUnready(pod: KubeObject): HealthAssessment {
  const unready = containersOf(pod).filter(({ status }) => status['ready'] !== true)
  const failed = unready.find(({ status }) => failedContainerOf(pod, status) !== undefined)
  if (failed !== undefined) return afterFailure(pod, failed)
  const { uid } = pod.metadata
  return { ...progressing(describeUnready(pod, unready[0])), ...(uid && { stuckPod: uid }) }
}

function describeUnready(pod: KubeObject, first: TitledContainer | undefined): string {
  if (readText(pod, 'status', 'phase') !== 'Running') return 'its containers are starting'
  return first === undefined ? describeGate(pod) : `${first.title} is not ready`
}

function afterFailure(pod: KubeObject, { title, status }: TitledContainer): HealthAssessment {
  const container = failedContainerOf(pod, status)
  const [state, lastState] = ['state', 'lastState'].map((key) =>
    readField(status, key, 'terminated'),
  )
  return {
    ...progressing(`${title} is not ready; last exit: ${describeExit(state ?? lastState)}`),
    ...(container && { container }),
  }
}

/** All containers are ready: what is missing is not in the pod. */
function describeGate(pod: KubeObject): string {
  const ready = findCondition(pod, 'Ready')
  return ready?.reason === 'ReadinessGatesNotReady' && ready.message !== undefined
    ? `it is running but not ready: ${ready.message}`
    : 'it is running but not ready'
}
