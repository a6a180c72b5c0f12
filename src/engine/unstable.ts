import type { Desired } from '../domain/change.ts'
import type { KubeObject } from '../domain/kube-object.ts'
import { isRecord } from './canonical-json.ts'
import { parsePointer } from './json-pointer.ts'
import { counterpart, takeLive } from './take-live.ts'

/** The desired object with the live value of each field that Git renders otherwise each time. */
export function keepUnstable(
  { object, unstable = [] }: Pick<Desired, 'object' | 'unstable'>,
  live: KubeObject,
): KubeObject {
  return unstable.reduce<KubeObject>((kept, pointer) => {
    const path = parsePointer(pointer)
    return isThere(kept, live, path) ? (takeLive(kept, live, path) as KubeObject) : kept
  }, object)
}

/** What of an object is the same at every render. */
export function withoutUnstable(object: KubeObject, unstable: readonly string[]): KubeObject {
  return unstable.reduce<unknown>(
    (rest, pointer) => blank(rest, parsePointer(pointer)),
    object,
  ) as KubeObject
}

/** Nothing is taken out: the items of a list are known by their places. */
function blank(node: unknown, path: readonly string[]): unknown {
  const [step, ...rest] = path
  if (step === undefined) return null
  if (Array.isArray(node)) {
    return node.map((item, index) => (String(index) === step ? blank(item, rest) : item))
  }
  return isRecord(node) && Object.hasOwn(node, step)
    ? { ...node, [step]: blank(node[step], rest) }
    : node
}

/** A value that is gone has to be made anew; one of another list is none of ours. */
function isThere(node: unknown, live: unknown, path: readonly string[]): boolean {
  const [step, ...rest] = path
  if (step === undefined) return live !== undefined
  if (!Array.isArray(node)) {
    return isRecord(node) && isRecord(live) && isThere(node[step], live[step], rest)
  }
  const item: unknown = node[Number(step)]
  const isNamed = isRecord(item) && 'name' in item
  if (!isNamed && !(Array.isArray(live) && live.length === node.length)) return false
  const other = counterpart(live, item, Number(step))
  return other !== undefined && isThere(item, other, rest)
}
