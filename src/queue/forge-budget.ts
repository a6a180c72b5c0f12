import type { Redis } from 'ioredis'
import { answering } from './answering.ts'
import type { Keys } from './keys.ts'

/**
 * What all workers know of how much one credential may still ask of its forge: a worker that is
 * told to wait makes the others wait. Throws QUEUE_UNAVAILABLE within 2 s.
 */
export interface ForgeBudget {
  /** Milliseconds until the credential may be used again; 0: now. */
  waitMs(credential: string): Promise<number>
  /** A shorter pause never ends a longer one. */
  pause(credential: string, ms: number): Promise<void>
}

export function createForgeBudget(redis: Redis, keys: Keys): ForgeBudget {
  return {
    waitMs: (credential) =>
      answering(async () => Math.max(0, await redis.pttl(keys.notBefore(credential)))),
    pause: (credential, ms) =>
      answering(async () => {
        const key = keys.notBefore(credential)
        const whole = Math.ceil(ms)
        await redis.set(key, '1', 'PX', whole, 'NX')
        await redis.pexpire(key, whole, 'GT')
      }),
  }
}
