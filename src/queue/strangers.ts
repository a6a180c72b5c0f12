import type { Redis } from 'ioredis'
import { z } from 'zod'
import { answering } from './answering.ts'
import type { Keys } from './keys.ts'

/** Applications that have an inventory in a cluster and are not configured, as watchers last saw it. */
export interface Strangers {
  /** All there are in that cluster. */
  write(cluster: string, applications: readonly string[]): Promise<void>
  read(): Promise<readonly Stranger[]>
}

export interface Stranger {
  readonly name: string
  readonly cluster: string
}

const names = z.array(z.string())

/** Throws QUEUE_UNAVAILABLE within 2 s. */
export function createStrangers(redis: Redis, keys: Keys): Strangers {
  return {
    write: (cluster, applications) =>
      answering(async () => {
        await redis.hset(keys.strangers, cluster, JSON.stringify(applications))
      }),

    read: () =>
      answering(async () => {
        const found = Object.entries(await redis.hgetall(keys.strangers))
        return found.flatMap(([cluster, text]) =>
          names.parse(JSON.parse(text)).map((name) => ({ name, cluster })),
        )
      }),
  }
}
