import { isScalar, type Pair, type Scalar } from 'yaml'
import { Refusal } from './refusal.ts'

/** undefined: the merge key. */
export function keyOf(pair: Pair): string | undefined {
  const { key } = pair
  if (!isScalar(key)) {
    throw new Refusal('RENDER_INVALID', key, 'a key is a mapping, list or alias')
  }
  checkTag(key)
  const value = scalarValue(key)
  if (value === null) throw new Refusal('RENDER_INVALID', key, 'a key is empty')
  if (value === '<<' && key.type === 'PLAIN') return undefined
  const name = String(value)
  if (isPolluting(name)) {
    throw new Refusal('RENDER_REFUSED', key, `the key ${name} is refused`)
  }
  return name
}

// As own keys they survive parsing and bite at a later merge (CVE-2025-64718).
const pollutingKeys = new Set(['__proto__', 'constructor', 'prototype'])

export function isPolluting(key: string): boolean {
  return pollutingKeys.has(key)
}

/** The JSON value Go's YAML reader makes of it. */
export function scalarValue(node: Scalar): string | number | boolean | null {
  const { value } = node
  if (typeof value === 'number') return numberValue(value, node)
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
  throw new Refusal('RENDER_INVALID', node, 'a value has no JSON form')
}

function numberValue(value: number, node: Scalar): string | number {
  const source = node.source ?? ''
  if (!Number.isFinite(value)) {
    // Go keeps the text of a number too large for it: an abbreviated commit like 12e4567.
    if (/\d/.test(source)) return source
    throw new Refusal('RENDER_INVALID', node, 'infinity and NaN have no JSON form; quote it')
  }
  if (Number.isInteger(value) && !Number.isSafeInteger(value) && !/[.e]/i.test(source)) {
    const message = 'an integer above 2^53 cannot be kept exactly; quote it'
    throw new Refusal('RENDER_INVALID', node, message)
  }
  return value
}

const knownTags = new Set(['str', 'int', 'float', 'bool', 'null', 'map', 'seq'])

export function checkTag(node: unknown): void {
  const { tag } = node as { tag?: string }
  if (tag === undefined || tag === '!' || knownTags.has(tag.replace('tag:yaml.org,2002:', '')))
    return
  throw new Refusal('RENDER_INVALID', node, 'a tag (!) has no meaning for Kubernetes')
}
