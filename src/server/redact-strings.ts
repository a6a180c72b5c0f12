/** The same JSON value with every text in it redacted. */
export function redactStrings<T>(value: T, redact: (text: string) => string): T
export function redactStrings(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value)
  if (Array.isArray(value)) return value.map((item) => redactStrings<unknown>(item, redact))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, redactStrings<unknown>(item, redact)]),
  )
}
