import type { HealthAssessment } from '../../domain/health.ts'
import type { KubeObject } from '../../domain/kube-object.ts'
import { assessContainer, describeExit } from './assess-container.ts'
import {
  degraded,
  degradedFrom,
  healthy,
  pickTelling,
  prefixed,
  progressing,
} from './assessment.ts'
import { findCondition, hasCondition } from './condition.ts'
import type { HealthContext } from './health-context.ts'
import { readField, readRecords, readText, readTime } from './read-field.ts'

export function assessPod(pod: KubeObject, context: HealthContext): HealthAssessment {
  const phase = readText(pod, 'status', 'phase')
  if (phase === 'Succeeded') return healthy
  if (phase === 'Failed') return degraded(describeFailure(pod))
  if (phase === 'Running' && hasCondition(pod, 'Ready', 'True')) return healthy
  const trouble = pickTelling(assessContainers(pod, context))
  if (trouble !== undefined) return trouble
  if (phase === 'Running') return progressing(describeUnready(pod))
  return assessScheduling(pod, context) ?? progressing('its containers are starting')
}

/** Entries of all containers of a pod, those that run before the others first. */
export function containersOf(
  pod: KubeObject,
): { title: string; status: Record<string, unknown> }[] {
  const titled = (kind: string, field: string) =>
    readRecords(pod, 'status', field).map((status) => ({
      title: `${kind} ${readText(status, 'name') ?? '?'}`,
      status,
    }))
  return [
    ...titled('init container', 'initContainerStatuses'),
    ...titled('container', 'containerStatuses'),
  ]
}

/** When the pod came to its node, or at least into being. */
export function startOf(pod: KubeObject): number | undefined {
  return readTime(pod, 'status', 'startTime') ?? readTime(pod, 'metadata', 'creationTimestamp')
}

function assessContainers(pod: KubeObject, context: HealthContext): HealthAssessment[] {
  const uid = readText(pod, 'metadata', 'uid') ?? ''
  const failingSince = context.failingSince?.get(uid) ?? startOf(pod)
  const { now, thresholds } = context
  return containersOf(pod).map(({ title, status }) =>
    prefixed(title, assessContainer(status, { now, thresholds, failingSince })),
  )
}

function assessScheduling(pod: KubeObject, context: HealthContext): HealthAssessment | undefined {
  const scheduled = findCondition(pod, 'PodScheduled')
  if (scheduled?.status !== 'False') return undefined
  const message = [scheduled.reason, scheduled.message].filter(Boolean).join(': ')
  if (scheduled.reason !== 'Unschedulable') return progressing(message || 'it is not scheduled')
  const since = scheduled.since ?? readTime(pod, 'metadata', 'creationTimestamp')
  const degradesAt = since === undefined ? undefined : since + context.thresholds.unschedulableMs
  return degradedFrom(degradesAt, context.now, message)
}

function describeUnready(pod: KubeObject): string {
  const unready = readRecords(pod, 'status', 'containerStatuses').find(
    (status) => status['ready'] !== true,
  )
  if (unready === undefined) return 'it is running but not ready'
  return `container ${readText(unready, 'name') ?? '?'} is not ready`
}

function describeFailure(pod: KubeObject): string {
  const told = [readText(pod, 'status', 'reason'), readText(pod, 'status', 'message')]
  const exits = containersOf(pod).flatMap(({ title, status }) => {
    const terminated = readField(status, 'state', 'terminated')
    const exit = readField(terminated, 'exitCode') === 0 ? undefined : describeExit(terminated)
    return exit === undefined ? [] : [`${title}: ${exit}`]
  })
  return ['it failed', ...told, exits[0]].filter(Boolean).join(': ')
}
