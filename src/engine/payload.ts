import type { Desired } from '../domain/change.ts'
import type { KubeObject, ManagedFieldsEntry } from '../domain/kube-object.ts'
import { findNode } from './fields-v1.ts'
import { parsePointer } from './json-pointer.ts'
import { classifyManager } from './manager-class.ts'
import { takeLive } from './take-live.ts'
import { keepUnstable } from './unstable.ts'

const replicas = '/spec/replicas'

/**
 * What to send for a desired object when the live one has fields that are not ours to set: a
 * replica count that an autoscaler moved is left out (its owner keeps it), an ignored field takes
 * the live value, since leaving out what only we own would reset it to its default. One that is
 * rendered otherwise each time has the live value too, as long as there is one.
 */
export function payloadFor(
  desired: Pick<Desired, 'object' | 'unstable'>,
  live: KubeObject | undefined,
  ignored: readonly string[],
): KubeObject {
  if (live === undefined) return desired.object
  let payload = keepUnstable(desired, live)
  if (yieldsReplicas(live)) payload = takeLive(payload, {}, parsePointer(replicas)) as KubeObject
  for (const pointer of ignored) {
    payload = takeLive(payload, live, parsePointer(pointer)) as KubeObject
  }
  return payload
}

/** What to send in the place of an object that was deleted: what others had set of it is set again. */
export function successorOf(
  desired: Pick<Desired, 'object' | 'unstable'>,
  before: KubeObject,
  ignored: readonly string[],
): KubeObject {
  let object = keepUnstable(desired, before)
  for (const pointer of toleratedPointers(before, ignored)) {
    object = takeLive(object, before, parsePointer(pointer)) as KubeObject
  }
  return object
}

/** The differences Landfall lives with: ignored by rule, or moved by an autoscaler. */
export function toleratedPointers(live: KubeObject, ignored: readonly string[]): string[] {
  return yieldsReplicas(live) ? [...ignored, replicas] : [...ignored]
}

/** Whether a controller has scaled the object through its scale subresource, as an HPA does. */
export function yieldsReplicas(live: KubeObject): boolean {
  return (live.metadata.managedFields ?? []).some(
    (entry) => isControllerScale(entry) && entry.fieldsV1 !== undefined,
  )
}

export function isControllerScale(entry: ManagedFieldsEntry): boolean {
  return (
    entry.subresource === 'scale' &&
    classifyManager(entry) === 'controller' &&
    findNode(entry.fieldsV1 ?? {}, ['f:spec', 'f:replicas']) !== undefined
  )
}
