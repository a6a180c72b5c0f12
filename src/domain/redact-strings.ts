import type { Redact } from './redact.ts'

/** The same JSON value with every text in it redacted, keys too. */
export function redactStrings<T>(value: T, redact: Redact): T {
  // The same few names and kinds stand in a record hundreds of times.
  const known = new Map<string, string>()
  return redacted(value, (text) => {
    const before = known.get(text)
    if (before !== undefined) return before
    const after = redact(text)
    known.set(text, after)
    return after
  })
}

function redacted<T>(value: T, redact: Redact): T
function redacted(value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return redact(value)
  if (Array.isArray(value)) return value.map((item) => redacted<unknown>(item, redact))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [redact(key), redacted<unknown>(item, redact)]),
  )
}
