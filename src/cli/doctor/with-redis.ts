import type { Config } from '../../domain/settings.ts'
import { ownRedisUrl } from '../../local/embedded-redis.ts'
import { connectRedis } from '../../queue/connect.ts'

/** Works with the configured Redis, or the own one of an instance; undefined: none was ever started. */
export async function withRedis<T>(
  { redisUrl, dataDir }: Config,
  work: (redis: ReturnType<typeof connectRedis>) => Promise<T>,
): Promise<T | undefined> {
  const url = redisUrl ?? (await ownRedisUrl(dataDir))
  if (url === undefined) return undefined
  const redis = connectRedis(url, 'worker', () => {})
  try {
    return await work(redis)
  } finally {
    redis.disconnect()
  }
}
