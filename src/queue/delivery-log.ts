import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { Secret } from '../domain/secret.ts'
import { answering } from './answering.ts'
import type { Keys } from './keys.ts'

/** When a forge was heard last, and with which of its webhook secrets; milliseconds. */
export interface LastDeliveries {
  readonly last: number | undefined
  /** One for each secret, in the order asked. */
  readonly bySecret: readonly (number | undefined)[]
}

/** Remembers when verified deliveries came: an operator can see that they arrive. */
export interface DeliveryLog {
  note(forge: string, secret: Secret, at: number): Promise<void>
  /** Throws QUEUE_UNAVAILABLE within 2 s. */
  read(forge: string, secrets: readonly Secret[]): Promise<LastDeliveries>
}

export function createDeliveryLog(redis: Redis, keys: Keys): DeliveryLog {
  const fieldOf = (forge: string, secret: Secret) => `${forge}/${fingerprint(secret)}`
  return {
    async note(forge, secret, at) {
      await redis.hset(keys.deliveries, forge, at, fieldOf(forge, secret), at)
    },

    async read(forge, secrets) {
      const fields = [forge, ...secrets.map((secret) => fieldOf(forge, secret))]
      const values = await answering(() => redis.hmget(keys.deliveries, ...fields))
      const [last, ...bySecret] = values.map((value) =>
        value === null ? undefined : Number(value),
      )
      return { last, bySecret }
    },
  }
}

// Tells one secret from another and is no help in guessing it: 32 bits of a secret of 128.
function fingerprint(secret: Secret): string {
  const text = `landfall webhook secret ${secret.reveal()}`
  return createHash('sha256').update(text).digest('hex').slice(0, 8)
}
