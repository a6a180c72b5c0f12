import { Queue, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { Keys } from '../src/queue/keys.ts'
import type { Closing } from './sync-worker.ts'
import { workerOptions } from './worker-options.ts'

const beatMs = 30_000
const missesAllowed = 3
const leftoverMs = 3_600_000

interface CanaryDeps {
  readonly redis: Redis
  readonly keys: Keys
  /** Names this process among all workers. */
  readonly id: string
  readonly logger: Logger
  /** Whether Redis answers: while it does not, no worker can be blamed. */
  readonly isRedisUp: () => Promise<boolean>
  /** Whether jobs wait that this worker could take and does not. */
  readonly isStarving: () => Promise<boolean>
  /** The worker no longer gets jobs although Redis is there: only a new process helps. */
  readonly onDead: (reason: string) => void
  readonly beatMs?: number
}

/**
 * Sends a job through this process again and again. Workers that never resume after Redis was away
 * are on record: https://github.com/taskforcesh/bullmq/issues/2964
 */
export function createCanary(deps: CanaryDeps): { close(how: Closing): Promise<void> } {
  const name = `canary-${deps.id}`
  const queue = new Queue(name, { connection: deps.redis, prefix: deps.keys.queues })
  let sung = 0
  const worker = new Worker(
    name,
    async () => {
      sung += 1
    },
    {
      ...workerOptions(deps.redis, deps.keys),
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    },
  )
  const tell = (error: Error) => deps.logger.debug({ err: error }, 'canary')
  queue.on('error', tell)
  worker.on('error', tell)

  let misses = 0
  let heard = 0
  const beat = async () => {
    if (!(await deps.isRedisUp())) {
      heard = sung
      return
    }
    const isAlive = sung > heard && !(await deps.isStarving())
    heard = sung
    misses = isAlive ? 0 : misses + 1
    if (misses >= missesAllowed) {
      deps.onDead(`the worker took no job for ${misses} beats although redis is there`)
      return
    }
    await queue.add('sing', {})
    // The keys of a process that was killed go by themselves.
    for (const key of ['events', 'id', 'meta', 'stalled-check']) {
      await deps.redis.pexpire(queue.toKey(key), leftoverMs)
    }
  }
  const run = () => {
    beat().catch(tell)
  }
  queue.add('sing', {}).catch(tell)
  const timer = setInterval(run, deps.beatMs ?? beatMs)
  return {
    async close({ isRedisUp }) {
      clearInterval(timer)
      await worker.close(!isRedisUp)
      if (isRedisUp) await queue.obliterate({ force: true }).catch(tell)
      await queue.close()
    },
  }
}
