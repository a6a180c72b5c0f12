export interface Sample {
  readonly minute: number
  readonly value: number
}

/** By how much a line through the samples rises from the first to the last of them. */
export function rise(samples: readonly Sample[]): number {
  const minutes = samples.map(({ minute }) => minute)
  const middle = mean(minutes)
  const height = mean(samples.map(({ value }) => value))
  const spread = samples.reduce((sum, { minute }) => sum + (minute - middle) ** 2, 0)
  if (spread === 0) return 0
  const along = samples.reduce(
    (sum, { minute, value }) => sum + (minute - middle) * (value - height),
    0,
  )
  return (along / spread) * (Math.max(...minutes) - Math.min(...minutes))
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
