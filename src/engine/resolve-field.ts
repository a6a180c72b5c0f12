import { canonicalJson, isRecord } from './canonical-json.ts'
import { toPointer } from './json-pointer.ts'

/**
 * The JSON pointer that a fieldsV1 path has in this very object: `f:` keys by name, `k:` items by
 * their key fields, `v:` items by value. undefined when it is not there, or not there only once:
 * an ambiguous path is never patched. Needs no schema.
 */
export function resolveField(object: unknown, path: readonly string[]): string | undefined {
  const segments: (string | number)[] = []
  let node: unknown = object
  for (const key of path) {
    const step = stepInto(node, key)
    if (step === undefined) return undefined
    segments.push(step.segment)
    node = step.value
  }
  return toPointer(segments)
}

interface Step {
  readonly segment: string | number
  readonly value: unknown
}

function stepInto(node: unknown, key: string): Step | undefined {
  const rest = key.slice(2)
  if (key.startsWith('f:')) {
    return isRecord(node) && Object.hasOwn(node, rest)
      ? { segment: rest, value: node[rest] }
      : undefined
  }
  if (!Array.isArray(node)) return undefined
  if (key.startsWith('i:')) return itemAt(node, Number(rest))
  if (key.startsWith('v:'))
    return onlyItem(node, (item) => canonicalJson(item) === canonicalOf(rest))
  if (!key.startsWith('k:')) return undefined
  const wanted: unknown = JSON.parse(rest)
  if (!isRecord(wanted)) return undefined
  return onlyItem(node, (item) => isRecord(item) && hasAll(item, wanted))
}

function canonicalOf(json: string): string {
  return canonicalJson(JSON.parse(json))
}

function hasAll(item: Record<string, unknown>, wanted: Record<string, unknown>): boolean {
  return Object.entries(wanted).every(([name, value]) => item[name] === value)
}

function itemAt(list: readonly unknown[], index: number): Step | undefined {
  return index in list ? { segment: index, value: list[index] } : undefined
}

function onlyItem(list: readonly unknown[], matches: (item: unknown) => boolean): Step | undefined {
  const hits = list.flatMap((item, index) => (matches(item) ? [index] : []))
  const index = hits[0]
  return hits.length === 1 && index !== undefined ? itemAt(list, index) : undefined
}
