import type { KubeObject, ManagedFieldsEntry } from '../domain/kube-object.ts'
import { isRecord } from './canonical-json.ts'
import { findNode } from './fields-v1.ts'
import { parsePointer, valueAt } from './json-pointer.ts'
import { classifyManager } from './manager-class.ts'

const replicas = '/spec/replicas'

/**
 * What to send for a desired object when the live one has fields that are not ours to set: a
 * replica count that an autoscaler moved is left out (its owner keeps it), an ignored field takes
 * the live value, since leaving out what only we own would reset it to its default.
 */
export function payloadFor(
  desired: KubeObject,
  live: KubeObject | undefined,
  ignored: readonly string[],
): KubeObject {
  if (live === undefined) return desired
  let payload: KubeObject = desired
  if (yieldsReplicas(live)) payload = replaceAt(payload, parsePointer(replicas), undefined)
  for (const pointer of ignored) {
    const path = parsePointer(pointer)
    if (valueAt(payload, path) === undefined || path.includes('*')) continue
    payload = replaceAt(payload, path, valueAt(live, path))
  }
  return payload
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

function isControllerScale(entry: ManagedFieldsEntry): boolean {
  return (
    entry.subresource === 'scale' &&
    classifyManager(entry) === 'controller' &&
    findNode(entry.fieldsV1 ?? {}, ['f:spec', 'f:replicas']) !== undefined
  )
}

function replaceAt(object: KubeObject, path: readonly string[], value: unknown): KubeObject {
  return replaceIn(object, path, value) as KubeObject
}

function replaceIn(node: unknown, path: readonly string[], value: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return value
  if (Array.isArray(node)) {
    const items = node.map((item, index) =>
      String(index) === key ? replaceIn(item, rest, value) : item,
    )
    return items.filter((item) => item !== undefined)
  }
  if (!isRecord(node) || !Object.hasOwn(node, key)) return node
  const { [key]: child, ...others } = node
  const next = replaceIn(child, rest, value)
  return next === undefined ? others : { ...others, [key]: next }
}
