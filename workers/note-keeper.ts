import type { Logger } from 'pino'
import type { WatchNote } from '../src/domain/watch-note.ts'
import type { Timers } from '../src/engine/timers.ts'
import type { WatchNotes } from '../src/queue/watch-notes.ts'

interface NoteKeeperDeps {
  readonly cluster: string
  readonly notes: Pick<WatchNotes, 'write'>
  readonly timers: Timers
  readonly logger: Logger
}

/** Keeps in Redis what a watcher knows, as long as it knows it. */
export interface NoteKeeper {
  /** Begins with nothing; the answer ends it, and takes back what was told. */
  start(): () => Promise<void>
  keep(application: string, note: WatchNote | undefined): void
}

// Notes that come together are written together.
const gatherMs = 20
const againMs = 10_000

export function createNoteKeeper({ cluster, notes, timers, logger }: NoteKeeperDeps): NoteKeeper {
  const known = new Map<string, WatchNote>()
  let cancel = () => {}
  let writing = Promise.resolve()
  let isOn = false

  const write = async () => {
    try {
      await notes.write(cluster, known)
    } catch (error) {
      logger.debug({ cluster, err: error }, 'what is watched is not told')
    }
  }

  function writeIn(ms: number): void {
    cancel()
    cancel = timers.after(ms, () => {
      writing = writing.then(write)
      if (isOn) writeIn(againMs)
    })
  }

  return {
    start() {
      known.clear()
      isOn = true
      writeIn(gatherMs)
      return async () => {
        isOn = false
        cancel()
        known.clear()
        await writing
        await write()
      }
    },

    keep(application, note) {
      if (note === undefined) known.delete(application)
      else known.set(application, note)
      if (isOn) writeIn(gatherMs)
    },
  }
}
