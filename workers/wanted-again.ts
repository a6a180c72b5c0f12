import type { WantedChannel } from '../src/queue/wanted-channel.ts'

/** Hears whether a sync under way is outdated. */
export interface WantedAgain {
  /** What was wanted up to here is the sync's own doing. */
  begin(generation: number): void
  /** Fires at the next urgent want; at once when one came since `begin` or the last call. */
  signal(): AbortSignal
  stop(): void
}

/** Listens from before the sync begins, so that no want falls between. */
export function createWantedAgain(channel: WantedChannel, application: string): WantedAgain {
  let newest = 0
  let known = Number.POSITIVE_INFINITY
  let waiting: AbortController | undefined
  const fire = () => {
    if (waiting === undefined || newest <= known) return
    known = newest
    waiting.abort()
    waiting = undefined
  }
  const stop = channel.listen(application, (generation) => {
    newest = Math.max(newest, generation)
    fire()
  })
  return {
    begin(generation) {
      known = generation
    },
    signal() {
      waiting = new AbortController()
      const { signal } = waiting
      fire()
      return signal
    },
    stop,
  }
}
