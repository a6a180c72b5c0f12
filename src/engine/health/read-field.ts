import { isRecord } from '../canonical-json.ts'

// Objects come from any cluster in any shape: a wrong type reads as absent, nothing here throws.

export function readField(value: unknown, ...path: readonly string[]): unknown {
  let current = value
  for (const key of path) {
    if (!isRecord(current)) return undefined
    current = current[key]
  }
  return current
}

export function readNumber(value: unknown, ...path: readonly string[]): number | undefined {
  const found = readField(value, ...path)
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined
}

export function readText(value: unknown, ...path: readonly string[]): string | undefined {
  const found = readField(value, ...path)
  return typeof found === 'string' && found !== '' ? found : undefined
}

/** Milliseconds since the epoch. */
export function readTime(value: unknown, ...path: readonly string[]): number | undefined {
  const time = Date.parse(readText(value, ...path) ?? '')
  return Number.isNaN(time) ? undefined : time
}

export function readRecords(value: unknown, ...path: readonly string[]): Record<string, unknown>[] {
  const found = readField(value, ...path)
  return Array.isArray(found) ? found.filter(isRecord) : []
}
