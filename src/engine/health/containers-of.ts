import type { KubeObject } from '../../domain/kube-object.ts'
import type { ContainerStatus } from './assess-container.ts'
import { readRecords, readText, readTime } from './read-field.ts'

export interface TitledContainer {
  /** `container app`, `init container migrate`. */
  readonly title: string
  readonly status: ContainerStatus
}

/** Entries of all containers of a pod, those that run before the others first. */
export function containersOf(pod: KubeObject): TitledContainer[] {
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
