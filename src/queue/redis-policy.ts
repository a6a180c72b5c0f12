import type { Redis } from 'ioredis'
import { StageError } from '../domain/error.ts'
import { answering } from './answering.ts'

/**
 * Refuses a Redis that may evict keys: throws QUEUE_POLICY. Gives what else an operator should
 * know. Asks INFO and not CONFIG, which hosted Redis forbids.
 */
export async function checkRedisPolicy(redis: Redis): Promise<readonly string[]> {
  const info = await answering(() => redis.info())
  const policy = field(info, 'maxmemory_policy')
  if (policy !== 'noeviction') {
    throw new StageError(
      'QUEUE_POLICY',
      `redis evicts keys under pressure (maxmemory-policy is ${policy ?? 'unknown'}) and would lose jobs; set it to noeviction: redis-cli config set maxmemory-policy noeviction, and the same in redis.conf`,
    )
  }
  return field(info, 'aof_enabled') === '1'
    ? []
    : [
        'redis keeps no append-only file: a restart loses what is queued until the next sweep; set appendonly yes',
      ]
}

function field(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:([^\\r\\n]*)`, 'm').exec(info)?.[1]
}
