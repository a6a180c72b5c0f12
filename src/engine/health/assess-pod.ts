import type { HealthAssessment } from '../../domain/health.ts'
import type { KubeObject } from '../../domain/kube-object.ts'
import { assessContainer, describeExit } from './assess-container.ts'
import { assessUnready } from './assess-unready.ts'
import {
  degraded,
  degradedFrom,
  healthy,
  pickTelling,
  prefixed,
  progressing,
} from './assessment.ts'
import { findCondition, hasCondition } from './condition.ts'
import { containersOf, startOf } from './containers-of.ts'
import { failedContainerOf } from './failed-container.ts'
import type { HealthContext } from './health-context.ts'
import { readField, readText, readTime } from './read-field.ts'

export function assessPod(pod: KubeObject, context: HealthContext): HealthAssessment {
  const phase = readText(pod, 'status', 'phase')
  if (phase === 'Succeeded') return healthy
  if (phase === 'Failed') return assessFailed(pod)
  if (phase === 'Running' && hasCondition(pod, 'Ready', 'True')) return healthy
  return (
    pickTelling(assessContainers(pod, context)) ??
    assessScheduling(pod, context) ??
    assessUnready(pod)
  )
}

function assessContainers(pod: KubeObject, context: HealthContext): HealthAssessment[] {
  const uid = readText(pod, 'metadata', 'uid') ?? ''
  const failingSince = context.failingSince?.get(uid) ?? startOf(pod)
  const { now, thresholds } = context
  return containersOf(pod).map(({ title, status }) =>
    prefixed(title, {
      ...assessContainer(status, { now, thresholds, failingSince }),
      ...withLog(pod, status),
    }),
  )
}

function withLog(
  pod: KubeObject,
  status: Record<string, unknown>,
): Pick<HealthAssessment, 'container'> {
  const container = failedContainerOf(pod, status)
  return container === undefined ? {} : { container }
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

function assessFailed(pod: KubeObject): HealthAssessment {
  const told = [readText(pod, 'status', 'reason'), readText(pod, 'status', 'message')]
  const failed = containersOf(pod).find(({ status }) => exitOf(status) !== undefined)
  const exit = failed && `${failed.title}: ${exitOf(failed.status)}`
  return {
    ...degraded(['it failed', ...told, exit].filter(Boolean).join(': ')),
    ...(failed && withLog(pod, failed.status)),
  }
}

function exitOf(status: Record<string, unknown>): string | undefined {
  const terminated = readField(status, 'state', 'terminated')
  return readField(terminated, 'exitCode') === 0 ? undefined : describeExit(terminated)
}
