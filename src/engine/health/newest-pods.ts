import type { KubeObject } from '../../domain/kube-object.ts'
import type { HealthContext } from './health-context.ts'
import { readField, readRecords, readText } from './read-field.ts'

/** The revision a Deployment rolls out, or the one a ReplicaSet stands for. */
export function readRevision(object: KubeObject): string | undefined {
  return readText(object, 'metadata', 'annotations', 'deployment.kubernetes.io/revision')
}

/** Pods of the ReplicaSet the Deployment rolls out; those it replaces may be as broken as they like. */
export function podsOfDeployment(deployment: KubeObject, context: HealthContext): KubeObject[] {
  const revision = readRevision(deployment)
  if (revision === undefined) return []
  return (context.replicaSets ?? [])
    .filter((set) => isOwnedBy(set, deployment) && readRevision(set) === revision)
    .flatMap((set) => podsOf(set, context))
}

export function podsOfStatefulSet(set: KubeObject, context: HealthContext): KubeObject[] {
  const revision = readText(set, 'status', 'updateRevision')
  return podsOf(set, context).filter(
    (pod) => revision !== undefined && readLabel(pod, 'controller-revision-hash') === revision,
  )
}

/** The status names no revision, but the server counts the template's changes and pods carry the count. */
export function podsOfDaemonSet(set: KubeObject, context: HealthContext): KubeObject[] {
  const generation = readText(
    set,
    'metadata',
    'annotations',
    'deprecated.daemonset.template.generation',
  )
  return podsOf(set, context).filter(
    (pod) => generation !== undefined && readLabel(pod, 'pod-template-generation') === generation,
  )
}

/** Pods the object controls, without those on their way out. */
export function podsOf(owner: KubeObject, context: HealthContext): KubeObject[] {
  return (context.pods ?? []).filter(
    (pod) => isOwnedBy(pod, owner) && readField(pod, 'metadata', 'deletionTimestamp') === undefined,
  )
}

function isOwnedBy(object: KubeObject, owner: KubeObject): boolean {
  const uid = readText(owner, 'metadata', 'uid')
  return (
    uid !== undefined &&
    readRecords(object, 'metadata', 'ownerReferences').some(
      (reference) => reference['controller'] === true && reference['uid'] === uid,
    )
  )
}

function readLabel(object: KubeObject, key: string): string | undefined {
  return readText(object, 'metadata', 'labels', key)
}
