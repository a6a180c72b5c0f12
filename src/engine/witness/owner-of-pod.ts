import type { ObjectClient } from '../../cluster/cluster.ts'
import { type KubeObject, type ObjectRef, refOf } from '../../domain/kube-object.ts'
import type { Managed } from './judge-write.ts'
import type { ManagedObjects } from './managed-objects.ts'

export interface OwnedPod {
  readonly pod: KubeObject
  readonly managed: Managed
}

// Deployment, ReplicaSet, Pod; CronJob, Job, Pod; an operator may add one.
const mostOwners = 4

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
  const podRef = { group: '', version: 'v1', kind: 'Pod', ...name }
  const pod = known ?? (await client.get(podRef))
  if (pod === undefined) return undefined
  let ref: ObjectRef = podRef
  let object: KubeObject | undefined = pod
  for (let step = 0; step <= mostOwners; step += 1) {
    const managed = objects.find(ref)
    if (managed !== undefined) return { pod, managed }
    if (step > 0) object = await client.get(ref)
    const owner = object?.metadata.ownerReferences?.find(({ controller }) => controller === true)
    if (owner === undefined) return undefined
    ref = refOf({ ...owner, metadata: { name: owner.name, namespace: name.namespace } })
  }
  return undefined
}
