import type { ObjectRef } from '../domain/kube-object.ts'

// Tier of each kind, by group: a custom resource named Service is none of ours.
const tiers: ReadonlyMap<string, number> = new Map([
  ...tier(0, '', ['Namespace']),
  ...tier(0, 'apiextensions.k8s.io', ['CustomResourceDefinition']),
  ...tier(1, 'rbac.authorization.k8s.io', ['ClusterRole', 'Role']),
  ...tier(1, 'scheduling.k8s.io', ['PriorityClass']),
  ...tier(1, 'storage.k8s.io', ['StorageClass']),
  ...tier(1, 'node.k8s.io', ['RuntimeClass']),
  ...tier(1, 'networking.k8s.io', ['IngressClass']),
  ...tier(1, 'gateway.networking.k8s.io', ['GatewayClass']),
  ...tier(1, 'snapshot.storage.k8s.io', ['VolumeSnapshotClass']),
  ...tier(2, 'rbac.authorization.k8s.io', ['ClusterRoleBinding', 'RoleBinding']),
  ...tier(2, 'networking.k8s.io', ['NetworkPolicy']),
  ...tier(2, 'policy', ['PodDisruptionBudget']),
  ...tier(2, '', [
    'ServiceAccount',
    'ResourceQuota',
    'LimitRange',
    'ConfigMap',
    'Secret',
    'PersistentVolume',
    'PersistentVolumeClaim',
  ]),
  ...tier(4, 'apps', ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet']),
  ...tier(4, 'batch', ['Job', 'CronJob']),
  ...tier(4, '', ['Pod', 'ReplicationController']),
  ...tier(6, 'autoscaling', ['HorizontalPodAutoscaler']),
  ...tier(6, 'networking.k8s.io', ['Ingress']),
  ...tier(7, 'apiregistration.k8s.io', ['APIService']),
  ...tier(7, 'admissionregistration.k8s.io', [
    'MutatingWebhookConfiguration',
    'ValidatingWebhookConfiguration',
    'ValidatingAdmissionPolicy',
    'ValidatingAdmissionPolicyBinding',
    'MutatingAdmissionPolicy',
    'MutatingAdmissionPolicyBinding',
  ]),
])

function tier(rank: number, group: string, kinds: readonly string[]): [string, number][] {
  return kinds.map((kind) => [`${group}/${kind}`, rank])
}

const coreTier = 3
const customTier = 5
const routeTier = 6

/** Among what may be written now, 0 goes first. */
export function tierOf(ref: Pick<ObjectRef, 'group' | 'kind'>): number {
  const known = tiers.get(`${ref.group}/${ref.kind}`)
  if (known !== undefined) return known
  if (ref.group === 'gateway.networking.k8s.io') return routeTier
  const isBuiltIn = ref.group === '' || !ref.group.includes('.') || ref.group.endsWith('.k8s.io')
  return isBuiltIn ? coreTier : customTier
}
