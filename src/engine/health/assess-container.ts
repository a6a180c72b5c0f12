import type { HealthAssessment } from '../../domain/health.ts'
import { degraded, degradedFrom, healthy, progressing } from './assessment.ts'
import { readField, readNumber, readText } from './read-field.ts'
import type { HealthThresholds } from './thresholds.ts'

/** One entry of `containerStatuses` or `initContainerStatuses`. */
export type ContainerStatus = Record<string, unknown>

interface StartContext {
  readonly now: number
  readonly thresholds: HealthThresholds
  /** When the container began to fail, ms since the epoch; undefined: long ago. */
  readonly failingSince: number | undefined
}

// Nothing but another manifest, or another object in the namespace, makes these start.
const finalReasons = ['InvalidImageName', 'CreateContainerConfigError']
const crashLoop = 'CrashLoopBackOff'

/** Whether kubelet failed to start the container and tries again. */
export function failsToStart(status: ContainerStatus): boolean {
  const reason = waitingReason(status)
  return reason !== undefined && isError(reason) && reason !== crashLoop
}

/** Healthy here means only: it is not held up by an error. */
export function assessContainer(status: ContainerStatus, context: StartContext): HealthAssessment {
  const reason = waitingReason(status)
  if (reason === undefined || !isError(reason)) return healthy
  const message = describe(status, reason)
  if (finalReasons.includes(reason)) return degraded(message)
  if (reason === crashLoop) {
    const restarts = readNumber(status, 'restartCount') ?? 0
    return restarts >= context.thresholds.crashLoopRestarts
      ? degraded(message)
      : progressing(message)
  }
  const since = context.failingSince
  const degradesAt = since === undefined ? undefined : since + context.thresholds.imagePullMs
  return degradedFrom(degradesAt, context.now, message)
}

function waitingReason(status: ContainerStatus): string | undefined {
  return readText(status, 'state', 'waiting', 'reason')
}

function isError(reason: string): boolean {
  return (
    finalReasons.includes(reason) ||
    reason.startsWith('Err') ||
    reason.endsWith('Error') ||
    reason.endsWith('BackOff')
  )
}

function describe(status: ContainerStatus, reason: string): string {
  const message = readText(status, 'state', 'waiting', 'message')
  const exit = describeExit(readField(status, 'lastState', 'terminated'))
  return [reason, message, exit && `last exit: ${exit}`].filter(Boolean).join(': ')
}

/** Without `terminated.message`: it may hold the program's log, and the log its secrets. */
export function describeExit(terminated: unknown): string | undefined {
  const code = readNumber(terminated, 'exitCode')
  if (code === undefined) return undefined
  const reason = readText(terminated, 'reason')
  return reason === undefined ? `code ${code}` : `${reason}, code ${code}`
}
