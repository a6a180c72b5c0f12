/** Time comes in as an argument, so that a test can hold it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
}

/**
 * Goes on evenly from what `clock` says now, however that is set meanwhile: for what is compared
 * with the time of something that began earlier in the same work.
 */
export function steadyClock(
  clock: Clock,
  monotonic: () => number = () => performance.now(),
): Clock {
  const offset = clock.now() - monotonic()
  return { now: () => Math.round(offset + monotonic()) }
}

export const systemClock: Clock = { now: () => Date.now() }
