import type { Redis } from 'ioredis'
import type { Keys } from './keys.ts'

/** Which configured repository a forge's own id came with: a renamed one is known by it. */
export interface KnownRepositories {
  remember(forge: string, id: string, url: string): Promise<void>
  find(forge: string, id: string): Promise<string | undefined>
}

export function createKnownRepositories(redis: Redis, keys: Keys): KnownRepositories {
  const field = (forge: string, id: string) => `${forge}/${id}`
  return {
    async remember(forge, id, url) {
      await redis.hset(keys.repositories, field(forge, id), url)
    },
    async find(forge, id) {
      return (await redis.hget(keys.repositories, field(forge, id))) ?? undefined
    },
  }
}
