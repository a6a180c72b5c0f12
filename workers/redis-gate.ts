import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { asStageError, StageError } from '../src/domain/error.ts'
import { answering } from '../src/queue/answering.ts'
import { connectRedis } from '../src/queue/connect.ts'
import { checkRedisPolicy } from '../src/queue/redis-policy.ts'
import type { Readiness } from '../src/server/probe-routes.ts'

const firstLookMs = 2_000

/** The connection that answers requests, and whether its Redis is fit for use. */
export interface RedisGate {
  readonly redis: Redis
  isReady(): Promise<Readiness>
  isUp(): Promise<boolean>
  close(): void
}

interface GateOptions {
  readonly url: string
  readonly logger: Logger
  /** Redis came late, and is one that loses jobs. */
  readonly onRefused: (error: StageError) => void
}

/**
 * Connects, and keeps trying where Redis is not there yet. Throws QUEUE_POLICY where it is there
 * and may evict keys; one that comes later and does is refused then.
 */
export async function openRedis({ url, logger, onRefused }: GateOptions): Promise<RedisGate> {
  const redis = connectRedis(url, 'producer', (error) => logger.debug({ err: error }, 'redis'))
  let checked: Promise<StageError | undefined> | undefined
  const check = async () => {
    try {
      for (const warning of await checkRedisPolicy(redis)) logger.warn(warning)
      return undefined
    } catch (error) {
      return asStageError(error)
    }
  }
  const first = Promise.withResolvers<StageError | undefined>()
  redis.on('ready', () => {
    checked = check().then((refusal) => {
      first.resolve(refusal)
      if (refusal?.code === 'QUEUE_POLICY') onRefused(refusal)
      return refusal
    })
  })
  const timer = setTimeout(() => {
    logger.warn('redis does not answer; landfall starts, and works once it is there')
    first.resolve(undefined)
  }, firstLookMs)
  const refusal = await first.promise
  clearTimeout(timer)
  if (refusal?.code === 'QUEUE_POLICY') {
    redis.disconnect()
    throw refusal
  }
  const isUp = async () => {
    try {
      return (await answering(() => redis.ping())) === 'PONG'
    } catch {
      return false
    }
  }
  return {
    redis,
    isUp,
    async isReady() {
      if (!(await isUp())) return { kind: 'unready', reason: 'redis does not answer' }
      const wrong = await checked
      return wrong === undefined ? { kind: 'ready' } : { kind: 'unready', reason: wrong.text }
    },
    close: () => redis.disconnect(),
  }
}
