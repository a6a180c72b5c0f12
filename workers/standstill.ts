/** Notices that this process stood still: it was stopped, or something blocked its event loop. */
export interface StandstillWatch {
  /** Looks at once: the first thing a process does when it goes on is to read what came meanwhile. */
  look(): void
  close(): void
}

interface StandstillDeps {
  /** Standing still for less is of no interest. */
  readonly limitMs: number
  readonly onStandstill: (ms: number) => void
  /** Milliseconds of a clock that is never set. */
  readonly monotonic?: () => number
}

export function watchStandstill(deps: StandstillDeps): StandstillWatch {
  const { limitMs, onStandstill, monotonic = () => performance.now() } = deps
  let seen = monotonic()
  const look = () => {
    const now = monotonic()
    const ms = now - seen
    seen = now
    if (ms > limitMs) onStandstill(ms)
  }
  const timer = setInterval(look, limitMs / 4)
  timer.unref()
  return { look, close: () => clearInterval(timer) }
}
