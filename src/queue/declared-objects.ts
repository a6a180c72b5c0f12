import type { Redis } from 'ioredis'
import type { Declared } from '../domain/change.ts'
import type { Keys } from './keys.ts'

const keptMs = 30 * 86_400_000

/** What Git declares of each application: a cache for those who do not render. */
export interface DeclaredObjects {
  /** Whole or not at all; by `refKey`. */
  write(application: string, declared: ReadonlyMap<string, Declared>): Promise<void>
  /** undefined: not known. */
  read(application: string, key: string): Promise<Declared | undefined>
}

export function createDeclaredObjects(redis: Redis, keys: Keys): DeclaredObjects {
  return {
    async write(application, declared) {
      const key = keys.declared(application)
      const all = redis.multi().del(key)
      if (declared.size > 0) {
        const texts = Array.from(declared, ([ref, value]) => [ref, JSON.stringify(value)])
        all.hset(key, Object.fromEntries(texts)).pexpire(key, keptMs)
      }
      await all.exec()
    },

    async read(application, ref) {
      const text = await redis.hget(keys.declared(application), ref)
      return text === null ? undefined : (JSON.parse(text) as Declared) // -- written above alone
    },
  }
}
