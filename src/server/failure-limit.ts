import type { Clock } from '../domain/clock.ts'

export type FailureCount =
  | { readonly kind: 'counted' }
  | { readonly kind: 'over'; readonly retryAfterSeconds: number }

/** Counts failed verifications by remote address, and nothing else. */
export interface FailureLimit {
  fail(address: string): FailureCount
}

interface Window {
  readonly startsAt: number
  readonly endsAt: number
  count: number
}

const windowMs = 60_000
const addressLimit = 10_000

export function createFailureLimit(perMinute: number, clock: Clock): FailureLimit {
  const windows = new Map<string, Window>()

  const windowOf = (address: string): Window => {
    const now = clock.now()
    const current = windows.get(address)
    // After the clock was set back a window would last until it has caught up.
    const isOpen = current !== undefined && current.startsAt <= now && now < current.endsAt
    if (isOpen) return current
    const window = { startsAt: now, endsAt: now + windowMs, count: 0 }
    windows.delete(address)
    windows.set(address, window)
    return window
  }

  return {
    fail(address) {
      const window = windowOf(address)
      window.count += 1
      forgetOldest(windows)
      if (window.count <= perMinute) return { kind: 'counted' }
      return { kind: 'over', retryAfterSeconds: Math.ceil((window.endsAt - clock.now()) / 1000) }
    },
  }
}

// Whoever sends from many addresses makes us forget some, not hold all.
function forgetOldest(windows: Map<string, Window>): void {
  if (windows.size <= addressLimit) return
  const [oldest] = windows.keys()
  if (oldest !== undefined) windows.delete(oldest)
}
