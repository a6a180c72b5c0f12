import { type Stats, unwatchFile, watchFile } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

/** Tells, one by one, that the configuration may have changed: many at once become one, none is lost. */
export interface Changes extends AsyncIterable<void> {
  /** Looks at these files from now on, and at no others. */
  watch(files: readonly string[]): void
  /** As if one of them had changed. */
  announce(): void
  /** Ends the iteration. */
  close(): void
}

interface WatchOptions {
  readonly intervalMs?: number
  /** Several files that change together are read once, after it. */
  readonly settleMs?: number
}

/**
 * Asks the file system every `intervalMs`, and not inotify: a Secret that Kubernetes mounts changes
 * behind a symbolic link, editors replace files, and a network file system tells nothing.
 */
export function watchChanges({ intervalMs = 1_000, settleMs = 200 }: WatchOptions = {}): Changes {
  const watched = new Map<string, (now: Stats, before: Stats) => void>()
  const closed = new AbortController()
  let pending = Promise.withResolvers<void>()
  const announce = () => pending.resolve()

  const unwatch = (file: string) => {
    unwatchFile(file, watched.get(file))
    watched.delete(file)
  }

  return {
    announce,

    watch(files) {
      const wanted = new Set(files)
      for (const file of watched.keys()) if (!wanted.has(file)) unwatch(file)
      for (const file of wanted) {
        if (watched.has(file)) continue
        const look = (now: Stats, before: Stats) => {
          if (!isSame(now, before)) announce()
        }
        watched.set(file, look)
        watchFile(file, { interval: intervalMs }, look)
      }
    },

    close() {
      for (const file of watched.keys()) unwatch(file)
      closed.abort()
      announce()
    },

    async *[Symbol.asyncIterator]() {
      while (true) {
        await pending.promise
        await delay(settleMs, undefined, { signal: closed.signal }).catch(() => undefined)
        if (closed.signal.aborted) return
        pending = Promise.withResolvers()
        yield
      }
    },
  }
}

// Of a file that is not there Node tells once, with zeros for both.
function isSame(now: Stats, before: Stats): boolean {
  return (
    now.mtimeMs === before.mtimeMs &&
    now.ctimeMs === before.ctimeMs &&
    now.ino === before.ino &&
    now.dev === before.dev &&
    now.size === before.size
  )
}
