/**
 * What is configured now. Whoever begins a delivery, a job or a tick takes it once, and keeps what
 * it was given to the end: a reload never changes anything under way.
 */
export interface Current<T> {
  now(): T
  /** What `work` was given lives until it ends, replaced or not. */
  use<R>(work: (value: T) => Promise<R>): Promise<R>
}

export interface Replaceable<T> extends Current<T> {
  /** What was current is let go of when the last work with it has ended. */
  replace(next: T): void
  /** Lets go of everything, in use or not. */
  close(): Promise<void>
}

interface Held<T> {
  readonly value: T
  users: number
}

/** `release` never rejects. */
export function createCurrent<T>(
  first: T,
  release: (value: T) => Promise<void> = async () => {},
): Replaceable<T> {
  let current: Held<T> = { value: first, users: 0 }
  const held = new Set([current])

  const letGo = async (old: Held<T>) => {
    if (held.delete(old)) await release(old.value)
  }

  return {
    now: () => current.value,

    async use(work) {
      const mine = current
      mine.users += 1
      try {
        return await work(mine.value)
      } finally {
        mine.users -= 1
        if (mine !== current && mine.users === 0) await letGo(mine)
      }
    },

    replace(next) {
      const before = current
      current = { value: next, users: 0 }
      held.add(current)
      // Nobody waits for it, and it never rejects.
      if (before.users === 0) void letGo(before)
    },

    async close() {
      await Promise.all(Array.from(held, letGo))
    },
  }
}
