import type { WantedChannel } from '../src/queue/wanted-channel.ts'

/** Hears whether a sync under way is outdated, or has drift beside it. */
export interface WantedAgain {
  /**
   * What was wanted up to there is the sync's own doing, but for a drift that it leaves to the next
   * one.
   */
  begin(generation: number, isDriftLeft: boolean): void
  /** Fires at the next such want; at once when one came since `begin` or since it fired last. */
  signal(what: 'urgent' | 'drift'): AbortSignal
  stop(): void
}

interface Ear {
  newest: number
  /** Up to there it has fired. */
  known: number
  waiting: AbortController | undefined
}

/** Listens from before the sync begins, so that no want falls between. */
export function createWantedAgain(channel: WantedChannel, application: string): WantedAgain {
  const ears = { urgent: anEar(), drift: anEar() }
  const stop = channel.listen(application, ({ generation, isUrgent }) => {
    const ear = isUrgent ? ears.urgent : ears.drift
    ear.newest = Math.max(ear.newest, generation)
    fire(ear)
  })
  return {
    begin(generation, isDriftLeft) {
      ears.urgent.known = generation
      ears.drift.known = isDriftLeft ? generation - 1 : generation
      if (isDriftLeft) ears.drift.newest = Math.max(ears.drift.newest, generation)
    },
    signal(what) {
      const ear = ears[what]
      ear.waiting = new AbortController()
      const { signal } = ear.waiting
      fire(ear)
      return signal
    },
    stop,
  }
}

function anEar(): Ear {
  return { newest: 0, known: Number.POSITIVE_INFINITY, waiting: undefined }
}

function fire(ear: Ear): void {
  if (ear.waiting === undefined || ear.newest <= ear.known) return
  ear.known = ear.newest
  ear.waiting.abort()
  ear.waiting = undefined
}
