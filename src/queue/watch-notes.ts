import type { Redis } from 'ioredis'
import type { WatchNote } from '../domain/watch-note.ts'
import { answering } from './answering.ts'
import type { Keys } from './keys.ts'

/** What a watcher knows of the applications of a cluster, for the sweeps of all workers. */
export interface WatchNotes {
  /** Whole or not at all; gone after `keptMs` unless it is written again. */
  write(cluster: string, notes: ReadonlyMap<string, WatchNote>): Promise<void>
  /** undefined: nobody watches, or nothing is known for certain. */
  read(cluster: string, application: string): Promise<WatchNote | undefined>
}

/** A watcher that ended without a word is believed for so long. */
const keptMs = 30_000

/** Throws QUEUE_UNAVAILABLE within 2 s. */
export function createWatchNotes(redis: Redis, keys: Keys): WatchNotes {
  return {
    write: (cluster, notes) =>
      answering(async () => {
        const key = keys.watched(cluster)
        const texts = Array.from(notes, ([name, note]) => [name, JSON.stringify(note)])
        const all = redis.multi().del(key)
        if (texts.length > 0) all.hset(key, Object.fromEntries(texts)).pexpire(key, keptMs)
        await all.exec()
      }),

    read: (cluster, application) =>
      answering(async () => {
        const text = await redis.hget(keys.watched(cluster), application)
        return text === null ? undefined : (JSON.parse(text) as WatchNote) // -- written above alone
      }),
  }
}
