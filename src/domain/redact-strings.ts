import type { Redact } from './redact.ts'

/** The same JSON value with every text in it redacted, keys too. */
export function redactStrings<T>(value: T, redact: Redact): T
export function redactStrings(value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return redact(value)
  if (Array.isArray(value)) return value.map((item) => redactStrings<unknown>(item, redact))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [redact(key), redactStrings<unknown>(item, redact)]),
  )
}
