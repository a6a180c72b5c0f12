import type { WantedChannel } from '../src/queue/wanted-channel.ts'

/** Hears whether a sync under way is outdated. */
export interface WantedAgain {
  /** What was wanted up to there is the sync's own doing. */
  begin(generation: number): void
  /**
   * Fires at the next urgent want, or at the next drift as well; at once when one came since `begin`
   * or since it fired last.
   */
  signal(what: 'urgent' | 'any'): AbortSignal
  stop(): void
}

/** Listens from before the sync begins, so that no want falls between. */
export function createWantedAgain(channel: WantedChannel, application: string): WantedAgain {
  let newestUrgent = 0
  let newestDrift = 0
  let hearsDrift = false
  let known = Number.POSITIVE_INFINITY
  let waiting: AbortController | undefined
  const fire = () => {
    const newest = hearsDrift ? Math.max(newestUrgent, newestDrift) : newestUrgent
    if (waiting === undefined || newest <= known) return
    known = newest
    waiting.abort()
    waiting = undefined
  }
  const stop = channel.listen(application, ({ generation, isUrgent }) => {
    if (isUrgent) newestUrgent = Math.max(newestUrgent, generation)
    else newestDrift = Math.max(newestDrift, generation)
    fire()
  })
  return {
    begin(generation) {
      known = generation
    },
    signal(what) {
      hearsDrift = what === 'any'
      waiting = new AbortController()
      const { signal } = waiting
      fire()
      return signal
    },
    stop,
  }
}
