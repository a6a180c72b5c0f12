import { z } from 'zod'
import { redisUrlFault } from '../redis-url.ts'
import { SecretRef } from './secret-ref.ts'
import { fault, text } from './text.ts'

const hint = 'redis://HOST:PORT, {env: NAME} or {file: PATH}'

const RedisUrl = z.union([text(hint).check(fault(redisUrlFault)), SecretRef], {
  error: `not a Redis URL, write ${hint}`,
})

export const Redis = z.strictObject({
  url: RedisUrl.meta({
    description:
      'A Redis 7 or newer with an append-only file and maxmemory-policy noeviction. Read it from {env} or {file} when it holds a password.',
    examples: ['redis://localhost:6379', 'rediss://redis.example.com:6380/0', { env: 'REDIS_URL' }],
  }),
})
export type Redis = z.output<typeof Redis>
