import type { Redis } from 'ioredis'
import type { Origin } from '../domain/change.ts'
import type { Keys } from './keys.ts'

const keptMs = 30 * 86_400_000

/** Where Git declares the objects of each application: a cache for those who do not render. */
export interface ObjectOrigins {
  /** Whole or not at all; by `refKey`. */
  write(application: string, origins: ReadonlyMap<string, Origin>): Promise<void>
  /** undefined: not known. */
  read(application: string, key: string): Promise<Origin | undefined>
}

export function createObjectOrigins(redis: Redis, keys: Keys): ObjectOrigins {
  return {
    async write(application, origins) {
      const key = keys.origins(application)
      const all = redis.multi().del(key)
      if (origins.size > 0) {
        const texts = Array.from(origins, ([ref, { file, line }]) => [ref, `${line} ${file}`])
        all.hset(key, Object.fromEntries(texts)).pexpire(key, keptMs)
      }
      await all.exec()
    },

    async read(application, ref) {
      const [, line, file] =
        /^(\d+) (.*)$/s.exec((await redis.hget(keys.origins(application), ref)) ?? '') ?? []
      return file === undefined ? undefined : { file, line: Number(line) }
    },
  }
}
