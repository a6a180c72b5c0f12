import type { Redis } from 'ioredis'
import type { Clock } from '../domain/clock.ts'
import type { Keys } from './keys.ts'

/** Longer than it takes to tell it again, several times. */
const keptMs = 10 * 60_000

/** As whom Landfall's own processes write to each cluster: a witness leaves their writes out. */
export interface OwnUsers {
  tell(cluster: string, user: string): Promise<void>
  read(cluster: string): Promise<readonly string[]>
}

export function createOwnUsers(redis: Redis, keys: Keys, clock: Clock): OwnUsers {
  return {
    async tell(cluster, user) {
      const key = keys.users(cluster)
      await redis
        .multi()
        .zadd(key, clock.now() + keptMs, user)
        .pexpire(key, keptMs)
        .exec()
    },
    read: (cluster) => redis.zrangebyscore(keys.users(cluster), clock.now(), '+inf'),
  }
}
