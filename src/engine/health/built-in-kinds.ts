import type { ObjectRef } from '../../domain/kube-object.ts'

// A list, since the suffix says nothing: gateway.networking.k8s.io is made of custom resources.
const groups: ReadonlySet<string> = new Set([
  '',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'apps',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'extensions',
  'flowcontrol.apiserver.k8s.io',
  'internal.apiserver.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'resource.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
  'storagemigration.k8s.io',
])

const workloads: ReadonlySet<string> = new Set([
  'apps/Deployment',
  'apps/StatefulSet',
  'apps/DaemonSet',
  'apps/ReplicaSet',
  'batch/Job',
  '/ReplicationController',
])

// The kinds left out are done when they are written, or answer to a schedule, to metrics or to an
// outside load balancer, on which no sync waits.
const rolledOut: ReadonlySet<string> = new Set([
  ...workloads,
  '/Pod',
  '/PersistentVolumeClaim',
  'apiextensions.k8s.io/CustomResourceDefinition',
  'apiregistration.k8s.io/APIService',
])

export function isCustomResource(ref: Pick<ObjectRef, 'group'>): boolean {
  return !groups.has(ref.group)
}

/** Whether a sync waits for objects of this kind, and fails when they do. */
export function isAwaited(ref: Pick<ObjectRef, 'group' | 'kind'>): boolean {
  return isCustomResource(ref) || rolledOut.has(`${ref.group}/${ref.kind}`)
}

/** Whether objects of this kind own pods that their selector finds. */
export function hasPods(ref: Pick<ObjectRef, 'group' | 'kind'>): boolean {
  return workloads.has(`${ref.group}/${ref.kind}`)
}
