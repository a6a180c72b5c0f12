import type { ObjectClient } from '../../cluster/cluster.ts'
import type { KubeObject, ObjectRef } from '../../domain/kube-object.ts'
import type { Managed } from './judge-write.ts'
import type { ManagedObjects } from './managed-objects.ts'

export interface OwnedPod {
  readonly pod: KubeObject
  readonly managed: Managed
}

// Deployment, ReplicaSet, Pod; CronJob, Job, Pod; an operator may add one.
const mostSteps = 4

/**
 * The pod and the object of an application that it belongs to, by the controllers that own it.
 * `known`: the pod, where the request brought it. undefined: it is gone, or no application's. Throws
 * StageError.
 */
export async function ownerOfPod(
  client: Pick<ObjectClient, 'get'>,
  objects: Pick<ManagedObjects, 'find'>,
  name: { readonly namespace: string; readonly name: string },
  known?: KubeObject,
): Promise<OwnedPod | undefined> {
  const pod = known ?? (await client.get({ group: '', version: 'v1', kind: 'Pod', ...name }))
  if (pod === undefined) return undefined
  let ref: ObjectRef = { group: '', version: 'v1', kind: 'Pod', ...name }
  let object: KubeObject | undefined = pod
  for (let step = 0; step < mostSteps && object !== undefined; step += 1) {
    const managed = objects.find(ref)
    if (managed !== undefined) return { pod, managed }
    const owner = controllerOf(object)
    if (owner === undefined) return undefined
    ref = { ...owner, namespace: name.namespace }
    const owned = objects.find(ref)
    if (owned !== undefined) return { pod, managed: owned }
    object = await client.get(ref)
  }
  return undefined
}

function controllerOf({ metadata }: KubeObject): Omit<ObjectRef, 'namespace'> | undefined {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true)
  if (owner === undefined) return undefined
  const slash = owner.apiVersion.indexOf('/')
  return {
    group: slash < 0 ? '' : owner.apiVersion.slice(0, slash),
    version: owner.apiVersion.slice(slash + 1),
    kind: owner.kind,
    name: owner.name,
  }
}
