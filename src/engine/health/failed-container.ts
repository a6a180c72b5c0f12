import type { FailedContainer } from '../../domain/health.ts'
import type { KubeObject } from '../../domain/kube-object.ts'
import type { ContainerStatus } from './assess-container.ts'
import { readField, readNumber, readText } from './read-field.ts'

/** undefined: it never ran, or did not end in an error, so its log has nothing to say about one. */
export function failedContainerOf(
  pod: KubeObject,
  status: ContainerStatus,
): FailedContainer | undefined {
  const { name, namespace } = pod.metadata
  const container = readText(status, 'name')
  if (namespace === undefined || container === undefined) return undefined
  const hasFailed = [status['state'], status['lastState']].some(endedInError)
  if (!hasFailed) return undefined
  const isPrevious = readField(status, 'state', 'running') !== undefined
  return { namespace, pod: name, container, isPrevious }
}

function endedInError(state: unknown): boolean {
  const code = readNumber(state, 'terminated', 'exitCode')
  return code !== undefined && code !== 0
}
