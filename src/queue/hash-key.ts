import { randomBytes } from 'node:crypto'
import type { Redis } from 'ioredis'
import { answering } from './answering.ts'
import type { Keys } from './keys.ts'

/**
 * The key of hashes that stand for Secret values in the clusters: one for all workers of a Redis.
 * Where Redis has lost it, one that a worker remembers is taken up again; a new one costs one
 * apply of each Secret that changes nothing. Throws QUEUE_UNAVAILABLE within 2 s.
 */
export function createHashKey(redis: Redis, keys: Keys): () => Promise<Buffer> {
  let known = randomBytes(32).toString('base64')
  return async () => {
    const text = await answering(async () => {
      await redis.setnx(keys.hashKey, known)
      return redis.get(keys.hashKey)
    })
    known = text ?? known
    return Buffer.from(known, 'base64')
  }
}
