import type { Application } from '../domain/application.ts'
import type { SyncRequest } from '../domain/sync-request.ts'
import type { Source } from '../source/source.ts'

/** A source whose fetch of the tip is under way. */
export interface FetchAhead {
  readonly source: Source
  /** Nobody needs the tip any more. */
  giveUp(): void
}

/** The fetch takes longest of all that comes before the render, and needs none of it. */
export function fetchAhead(
  source: Source,
  application: Application,
  request: SyncRequest,
): FetchAhead {
  if (!request.fetch) return { source, giveUp: () => {} }
  const stopper = new AbortController()
  const tip = source.fetchTip(application, AbortSignal.any([request.signal, stopper.signal]))
  // Whoever asks for the tip hears of it.
  tip.catch(() => {})
  return {
    source: { ...source, fetchTip: () => tip },
    giveUp: () => stopper.abort(),
  }
}
