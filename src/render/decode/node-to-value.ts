import { isAlias, isMap, isScalar, isSeq, type YAMLMap, type YAMLSeq } from 'yaml'
import { limits } from '../limits.ts'
import type { Problem } from '../problem.ts'
import { offsetOf, Refusal } from './refusal.ts'
import { checkTag, keyOf, scalarValue } from './scalar-value.ts'

/** What the document still knows of the mappings and lists it was made of. */
export interface Places {
  /** 1-based line; undefined for a value that was not decoded here. */
  lineOf(value: unknown): number | undefined
  /** About the length of its JSON text, aliases written out. */
  bytesOf(value: unknown): number
  /** Whether the text at that key of a mapping or list stood without quotes, and has a `$`. */
  isPlain(holder: object, key: unknown): boolean
}

export type Decoded =
  | { readonly kind: 'value'; readonly value: unknown; readonly places: Places }
  | { readonly kind: 'empty' }
  | { readonly kind: 'bad'; readonly problems: readonly Problem[] }

/** A value with the size and depth of its JSON text. */
interface Sized {
  readonly value: unknown
  readonly bytes: number
  readonly height: number
}

/**
 * Turns a parsed document into JSON values. Aliases share their value but count as copies, so that
 * 308 bytes cannot become 269 MB (js-yaml#742).
 */
export function nodeToValue(root: unknown, lineAt: (offset: number) => number): Decoded {
  const placed = new WeakMap<object, { offset: number; bytes: number }>()
  const anchors = new Map<string, Sized>()
  const plain = new WeakMap<object, Set<unknown>>()

  function convert(node: unknown, depth: number): Sized {
    const sized = isAlias(node) ? anchored(node.source, node) : convertOwn(node, depth)
    if (depth + sized.height > limits.depth) throw tooDeep(node)
    if (sized.bytes > limits.bytes) {
      const message = `with its aliases it is larger than ${limits.bytes} bytes`
      throw new Refusal('RENDER_LIMIT', node, message)
    }
    return sized
  }

  function anchored(name: string, node: unknown): Sized {
    const sized = anchors.get(name)
    if (sized !== undefined) return sized
    throw new Refusal('RENDER_INVALID', node, 'an alias names no anchor before it')
  }

  function convertOwn(node: unknown, depth: number): Sized {
    if (depth > limits.depth) throw tooDeep(node)
    if (node === null || node === undefined) return { value: null, bytes: 4, height: 0 }
    checkTag(node)
    const sized = isMap(node)
      ? convertMap(node, depth)
      : isSeq(node)
        ? convertSeq(node, depth)
        : convertScalar(node)
    if (isObject(sized.value))
      placed.set(sized.value, { offset: offsetOf(node), bytes: sized.bytes })
    const { anchor } = node as { anchor?: string }
    if (anchor !== undefined) anchors.set(anchor, sized)
    return sized
  }

  function convertSeq(node: YAMLSeq, depth: number): Sized {
    const value: unknown[] = []
    let bytes = 2
    let height = 0
    for (const item of node.items) {
      const sized = convert(item, depth + 1)
      if (isPlainText(item)) markPlain(value, value.length)
      value.push(sized.value)
      bytes += sized.bytes + 1
      height = Math.max(height, sized.height + 1)
    }
    return { value, bytes, height }
  }

  function convertMap(node: YAMLMap, depth: number): Sized {
    const value: Record<string, unknown> = {}
    const merges: unknown[] = []
    let bytes = 2
    let height = 0
    for (const pair of node.items) {
      const key = keyOf(pair)
      const sized = convert(pair.value, depth + 1)
      bytes += sized.bytes + (key?.length ?? 0) + 4
      height = Math.max(height, sized.height + 1)
      if (key === undefined) merges.push(sized.value)
      else if (Object.hasOwn(value, key)) {
        throw new Refusal('RENDER_INVALID', pair.key, 'a key appears twice in one mapping')
      } else {
        value[key] = sized.value
        if (isPlainText(pair.value)) markPlain(value, key)
      }
    }
    for (const source of merges.flat()) merge(value, source, node)
    return { value, bytes, height }
  }

  function merge(value: Record<string, unknown>, source: unknown, node: unknown): void {
    for (const key of mergeInto(value, source, node)) {
      if (isObject(source) && isPlain(source, key)) markPlain(value, key)
    }
  }

  function markPlain(holder: object, key: unknown): void {
    plain.set(holder, (plain.get(holder) ?? new Set()).add(key))
  }

  function isPlain(holder: object, key: unknown): boolean {
    return plain.get(holder)?.has(key) === true
  }

  try {
    const { value } = convert(root, 0)
    if (value === null) return { kind: 'empty' }
    const placeOf = (part: unknown) => (isObject(part) ? placed.get(part) : undefined)
    const lineOf = (part: unknown) => {
      const place = placeOf(part)
      return place === undefined ? undefined : lineAt(place.offset)
    }
    return {
      kind: 'value',
      value,
      places: { lineOf, bytesOf: (part) => placeOf(part)?.bytes ?? 0, isPlain },
    }
  } catch (error: unknown) {
    if (!(error instanceof Refusal)) throw error
    const problem = { code: error.code, line: lineAt(error.offset), message: error.message }
    return { kind: 'bad', problems: [problem] }
  }
}

function convertScalar(node: unknown): Sized {
  const value = isScalar(node) ? scalarValue(node) : null
  return { value, bytes: typeof value === 'string' ? value.length + 2 : 5, height: 0 }
}

function isPlainText(node: unknown): boolean {
  if (!isScalar(node) || node.type !== 'PLAIN') return false
  return typeof node.value === 'string' && node.value.includes('$')
}

/** Gives the keys it took. Those of the mapping itself win, then the earlier source. */
function mergeInto(object: Record<string, unknown>, source: unknown, node: unknown): string[] {
  if (!isObject(source) || Array.isArray(source)) {
    throw new Refusal('RENDER_INVALID', node, 'a merge key << takes a mapping or a list of them')
  }
  const taken = Object.entries(source).filter(([key]) => !Object.hasOwn(object, key))
  for (const [key, item] of taken) object[key] = item
  return taken.map(([key]) => key)
}

function tooDeep(node: unknown): Refusal {
  return new Refusal('RENDER_LIMIT', node, `it is nested deeper than ${limits.depth} levels`)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
