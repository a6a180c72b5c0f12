const windowMs = 10 * 60_000
const firstWaitMs = 2_000
const longestWaitMs = 300_000

/**
 * Milliseconds to wait before the next wake, after the wakes at `times` (ms since epoch): the first
 * `prompt` of ten minutes do not wait, and each one after them longer.
 */
export function wakeDelayMs(times: readonly number[], now: number, prompt: number): number {
  const recent = recentWakes(times, now)
  const last = recent.at(-1)
  if (last === undefined || recent.length < prompt) return 0
  const waitMs = Math.min(longestWaitMs, firstWaitMs * 3 ** (recent.length - prompt))
  return Math.max(0, last + waitMs - now)
}

/** Those that still count. A clock that was set back makes none of them count for ever. */
export function recentWakes(times: readonly number[], now: number): readonly number[] {
  return times.filter((time) => Math.abs(now - time) < windowMs)
}
