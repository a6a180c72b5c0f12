import { randomBytes } from 'node:crypto'
import type { Redis } from 'ioredis'
import { connectRedis } from '../../src/queue/connect.ts'

/** A value that is found wherever it gets to. */
export const canary = (what: string) => `canary-${what}-${randomBytes(8).toString('hex')}`

/** As it is, and as base64: alone, or anywhere inside of something longer. */
function formsOf(value: string): readonly string[] {
  return [
    value,
    ...[0, 1, 2].map((offset) => {
      const text = Buffer.from('x'.repeat(offset) + value).toString('base64')
      return text.slice(4, -4)
    }),
  ]
}

export type Named = Readonly<Record<string, string>>

/** Which secret is found in which text; both by their names. */
export function findSecrets(secrets: Named, texts: Named): string[] {
  return Object.entries(secrets).flatMap(([name, value]) => {
    const forms = formsOf(value)
    return Object.entries(texts)
      .filter(([, text]) => forms.some((form) => text.includes(form)))
      .map(([place]) => `${name} is in ${place}`)
  })
}

/** Every key of a Redis with what it holds. */
export async function dumpRedis(url: string): Promise<string> {
  const redis = connectRedis(url, 'worker', () => {})
  const keys = await redis.keys('*')
  const values = await Promise.all(keys.map((key) => valueOf(redis, key)))
  redis.disconnect()
  return JSON.stringify([keys, values])
}

async function valueOf(redis: Redis, key: string): Promise<unknown> {
  try {
    switch (await redis.type(key)) {
      case 'string':
        return await redis.get(key)
      case 'hash':
        return await redis.hgetall(key)
      case 'list':
        return await redis.lrange(key, 0, -1)
      case 'zset':
        return await redis.zrange(key, '0', '-1')
      case 'stream':
        return await redis.xrange(key, '-', '+')
      default:
        return await redis.smembers(key)
    }
  } catch (error) {
    // It went, and came again as something else, since it was asked what it is.
    if (error instanceof Error && error.message.startsWith('WRONGTYPE')) return valueOf(redis, key)
    throw error
  }
}
