import type { ManagerRule } from '../domain/application.ts'
import type { Desired } from '../domain/change.ts'
import type { KubeObject, ManagedFieldsEntry } from '../domain/kube-object.ts'
import { classEntries } from './classed-entries.ts'
import { findNode } from './fields-v1.ts'
import { parsePointer } from './json-pointer.ts'
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
  rules: readonly ManagerRule[] = [],
): KubeObject {
  if (live === undefined) return desired.object
  let payload = keepUnstable(desired, live)
  if (yieldsReplicas(live, rules))
    payload = takeLive(payload, {}, parsePointer(replicas)) as KubeObject
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
  rules: readonly ManagerRule[] = [],
): KubeObject {
  let object = keepUnstable(desired, before)
  for (const pointer of toleratedPointers(before, ignored, rules)) {
    object = takeLive(object, before, parsePointer(pointer)) as KubeObject
  }
  return object
}

/** The differences Landfall lives with: ignored by rule, or moved by an autoscaler. */
export function toleratedPointers(
  live: KubeObject,
  ignored: readonly string[],
  rules: readonly ManagerRule[] = [],
): string[] {
  return yieldsReplicas(live, rules) ? [...ignored, replicas] : [...ignored]
}

export function yieldsReplicas(live: KubeObject, rules: readonly ManagerRule[] = []): boolean {
  return scalersOf(live, rules).length > 0
}

/** The controllers that have scaled the object through its scale subresource, as an HPA does. */
export function scalersOf(
  live: KubeObject,
  rules: readonly ManagerRule[],
): readonly ManagedFieldsEntry[] {
  const isScale = ({ subresource, fieldsV1 = {} }: ManagedFieldsEntry): boolean =>
    subresource === 'scale' && findNode(fieldsV1, ['f:spec', 'f:replicas']) !== undefined
  if (live.metadata.managedFields?.some(isScale) !== true) return []
  return classEntries(live, rules).flatMap((part) =>
    part.class === 'controller' && isScale(part.entry) ? [part.whole] : [],
  )
}
