const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const

/** Milliseconds of `500ms`, `3m`, `1h30m`; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  if (text.length > 32 || !/^(?:\d+(?:ms|s|m|h))+$/.test(text)) return undefined
  let total = 0
  for (const part of text.matchAll(/(\d+)(ms|s|m|h)/g)) {
    total += Number(part[1]) * unitMs[part[2] as keyof typeof unitMs]
  }
  return total
}
