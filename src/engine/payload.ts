import type { ManagerRule } from '../domain/application.ts'
import type { KubeObject, ManagedFieldsEntry } from '../domain/kube-object.ts'
import { isRecord } from './canonical-json.ts'
import { classEntries } from './classed-entries.ts'
import { findNode } from './fields-v1.ts'
import { parsePointer } from './json-pointer.ts'

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
  rules: readonly ManagerRule[] = [],
): KubeObject {
  if (live === undefined) return desired
  let payload: KubeObject = desired
  if (yieldsReplicas(live, rules))
    payload = takeLive(payload, {}, parsePointer(replicas)) as KubeObject
  for (const pointer of ignored) {
    payload = takeLive(payload, live, parsePointer(pointer)) as KubeObject
  }
  return payload
}

/** What to send in the place of an object that was deleted: what others had set of it is set again. */
export function successorOf(
  desired: KubeObject,
  before: KubeObject,
  ignored: readonly string[],
  rules: readonly ManagerRule[] = [],
): KubeObject {
  let object = desired
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

/** The node with what the path names, `*` being any one step, as the live object has it. */
function takeLive(node: unknown, live: unknown, path: readonly string[]): unknown {
  const [step, ...rest] = path
  if (step === undefined) return live
  if (Array.isArray(node)) {
    const items = node.map((item, index) => {
      if (step !== '*' && step !== String(index)) return item
      const other = counterpart(live, item, index)
      // A new item is not ignored whole for a field that it alone has.
      return other === undefined && rest.length > 0 ? item : takeLive(item, other, rest)
    })
    return items.filter((item) => item !== undefined)
  }
  if (!isRecord(node)) return node
  const fields = Object.entries(node).map(([key, child]) => [
    key,
    step === '*' || step === key
      ? takeLive(child, isRecord(live) ? live[key] : undefined, rest)
      : child,
  ])
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined))
}

/** Others may have put items of their own before it: the name counts, where it has one. */
function counterpart(live: unknown, item: unknown, index: number): unknown {
  if (!Array.isArray(live)) return undefined
  const name = isRecord(item) ? item['name'] : undefined
  if (name === undefined) return live[index]
  return live.find((other) => isRecord(other) && other['name'] === name)
}
