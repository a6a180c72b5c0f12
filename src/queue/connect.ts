import { Redis } from 'ioredis'

const longestReconnectMs = 2_000
const producer = {
  // A request waits for the answer: it must fail, not queue, while Redis is away.
  enableOfflineQueue: false,
  maxRetriesPerRequest: 1,
  commandTimeout: 2_000,
}
/** BullMQ blocks on it and demands that its commands outlive an outage. */
const worker = { maxRetriesPerRequest: null }

/**
 * A connection that keeps trying. `producer`: a command fails within 2 s when Redis is away;
 * `worker`: it waits until Redis is back. `onError` hears of every failed attempt.
 */
export function connectRedis(
  url: string,
  kind: 'producer' | 'worker',
  onError: (error: Error) => void,
): Redis {
  const redis = new Redis(url, {
    ...(kind === 'producer' ? producer : worker),
    connectTimeout: 2_000,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 10), longestReconnectMs),
    connectionName: `landfall-${kind}`,
  })
  redis.on('error', onError)
  return redis
}
