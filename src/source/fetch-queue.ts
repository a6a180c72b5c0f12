/**
 * Fetches of one mirror run one after the other. A caller joins a fetch of its branch that has not
 * begun, never one that has: what was pushed before the call is in the answer.
 */
export interface FetchQueue {
  run(
    mirror: string,
    branch: string,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<void>,
  ): Promise<void>
}

interface Shared {
  readonly done: Promise<void>
  readonly controller: AbortController
  waiting: number
}

export function createFetchQueue(): FetchQueue {
  const tails = new Map<string, Promise<void>>()
  const joinable = new Map<string, Shared>()

  function enqueue(
    mirror: string,
    key: string,
    work: (signal: AbortSignal) => Promise<void>,
  ): Shared {
    const controller = new AbortController()
    const before = tails.get(mirror) ?? Promise.resolve()
    const done = before.then(() => {
      joinable.delete(key)
      controller.signal.throwIfAborted()
      return work(controller.signal)
    })
    const tail = done
      .catch(() => {})
      .then(() => {
        if (tails.get(mirror) === tail) tails.delete(mirror)
      })
    tails.set(mirror, tail)
    const shared = { done, controller, waiting: 0 }
    joinable.set(key, shared)
    return shared
  }

  return {
    async run(mirror, branch, signal, work) {
      signal.throwIfAborted()
      const key = `${mirror} ${branch}`
      const shared = joinable.get(key) ?? enqueue(mirror, key, work)
      shared.waiting += 1
      const aborted = Promise.withResolvers<never>()
      const onAbort = () => {
        shared.waiting -= 1
        if (shared.waiting === 0) {
          joinable.delete(key)
          shared.controller.abort(signal.reason)
        }
        aborted.reject(signal.reason)
      }
      signal.addEventListener('abort', onAbort, { once: true })
      try {
        await Promise.race([shared.done, aborted.promise])
      } finally {
        signal.removeEventListener('abort', onAbort)
      }
    },
  }
}
