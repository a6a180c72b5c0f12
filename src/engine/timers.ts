/** Waiting comes in as an argument, so that a test can hold it. */
export interface Timers {
  /** Runs once, `ms` from now; the answer cancels it. */
  after(ms: number, run: () => void): () => void
}

// Above 2^31 - 1 ms setTimeout fires at once.
const longestMs = 2 ** 31 - 1

export const systemTimers: Timers = {
  after(ms, run) {
    const timer = setTimeout(run, Math.min(ms, longestMs))
    return () => clearTimeout(timer)
  },
}

/** Ends after `ms`, or when the signal aborts. */
export function pause(timers: Timers, ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const end = () => {
      cancel()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const cancel = timers.after(ms, end)
    signal.addEventListener('abort', end)
  })
}
