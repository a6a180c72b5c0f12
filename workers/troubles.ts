import type { Logger } from 'pino'
import type { Clock } from '../src/domain/clock.ts'
import type { StageError } from '../src/domain/error.ts'

const againMs = 3_600_000

/** What goes wrong again and again for as long as something is away or forbidden. */
export interface Troubles {
  /** A warning the first time, when it has become another one, and every hour that it goes on. */
  tell(what: string, error: StageError, text: string): void
  /** It is over: the next one is warned of at once. */
  end(what: string): void
  endAll(): void
}

export function createTroubles(logger: Logger, clock: Clock): Troubles {
  const told = new Map<string, { readonly text: string; readonly at: number }>()
  return {
    tell(what, error, text) {
      const last = told.get(what)
      const now = clock.now()
      const isKnown = last?.text === error.text && now - last.at < againMs
      if (!isKnown) told.set(what, { text: error.text, at: now })
      logger[isKnown ? 'debug' : 'warn']({ what, err: error }, text)
    },
    end: (what) => void told.delete(what),
    endAll: () => told.clear(),
  }
}
