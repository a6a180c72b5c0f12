/** How many requests may be under way while a server says that it has too many. */
export interface Throttle {
  /** Resolves when the request may go out; each must end with `leave`. */
  enter(): Promise<void> | undefined
  leave(isThrottled: boolean): void
}

/** As many as the pool has connections: above it the limit would limit nothing. */
const ceiling = 16

/**
 * Additive increase, multiplicative decrease, as TCP has it: a 429 halves what is under way at once,
 * and as many good answers as are under way let one more out. A server that never says 429 is asked
 * without any wait.
 */
export function createThrottle(): Throttle {
  let limit = Number.POSITIVE_INFINITY
  let underWay = 0
  const waiting: (() => void)[] = []

  function letOut(): void {
    while (underWay < Math.floor(limit)) {
      const next = waiting.shift()
      if (next === undefined) return
      underWay += 1
      next()
    }
  }

  return {
    enter() {
      if (underWay < Math.floor(limit) && waiting.length === 0) {
        underWay += 1
        return undefined
      }
      return new Promise((resolve) => waiting.push(resolve))
    },
    leave(isThrottled) {
      if (isThrottled) limit = Math.max(1, Math.min(limit, underWay) / 2)
      else if (limit < ceiling) limit += 1 / limit
      else limit = Number.POSITIVE_INFINITY
      underWay -= 1
      letOut()
    },
  }
}
