import type { Clock } from '../domain/clock.ts'

type Headers = Readonly<Record<string, string | number | undefined>>

/** GitHub's window is an hour, the longest that is known. */
const longestMs = 3_600_000

/**
 * How long a forge wants no request, where its last answer used up what it allows: GitHub's
 * `x-ratelimit-*`, GitLab's `RateLimit-*`. undefined: it goes on.
 */
export function exhaustedMs(headers: Headers, now: number): number | undefined {
  const remaining = headers['x-ratelimit-remaining'] ?? headers['ratelimit-remaining']
  const reset = Number(headers['x-ratelimit-reset'] ?? headers['ratelimit-reset'])
  if (String(remaining) !== '0' || !Number.isFinite(reset)) return undefined
  return Math.min(Math.max(reset * 1000 - now + 1000, 1000), longestMs)
}

/** A fetch that says so when an answer, also a good one, was the last for a while. */
export function tellLimits(
  fetch: typeof globalThis.fetch,
  clock: Clock,
  tell: (ms: number) => void,
): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, init)
    const ms = exhaustedMs(Object.fromEntries(response.headers), clock.now())
    if (ms !== undefined) tell(ms)
    return response
  }
}
