import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { type Test, test } from 'tap'
import { createCanary } from '../../workers/canary.ts'
import { queueRig } from '../support/queue-rig.ts'
import { testRedis } from '../support/redis.ts'

interface CanaryRig {
  /** Settles when the canary calls the worker dead. */
  readonly dead: Promise<string>
  /** Settles after as many beats. */
  beats(count: number): Promise<void>
}

function canaryRig(
  t: Test,
  url: string,
  { isRedisUp = true, isStarving = false }: { isRedisUp?: boolean; isStarving?: boolean },
): CanaryRig {
  const { redis, keys } = queueRig(t, url)
  const { promise: dead, resolve } = Promise.withResolvers<string>()
  let beats = 0
  const waiting: { count: number; resolve: () => void }[] = []
  const canary = createCanary({
    redis,
    keys,
    id: randomUUID(),
    logger: pino({ level: 'silent' }),
    isRedisUp: async () => {
      beats += 1
      for (const waiter of waiting) if (beats >= waiter.count) waiter.resolve()
      return isRedisUp
    },
    isStarving: async () => isStarving,
    onDead: resolve,
    beatMs: 100,
  })
  t.teardown(() => canary.close({ isRedisUp: true }))
  return {
    dead,
    beats: (count) => new Promise((settle) => waiting.push({ count, resolve: settle })),
  }
}

test('the canary', async (t) => {
  const { url } = await testRedis(t)

  await t.test('sings as long as the worker takes jobs', async (t) => {
    const { dead, beats } = canaryRig(t, url, {})
    const outcome = await Promise.race([dead, beats(8).then(() => 'alive')])

    t.equal(outcome, 'alive')
  })

  await t.test('R9: a worker that lets jobs wait for three beats is dead', async (t) => {
    const { dead } = canaryRig(t, url, { isStarving: true })

    t.match(await dead, /took no job for 3 beats although redis is there/)
  })

  await t.test('a Redis that is away is not the fault of the worker', async (t) => {
    const { dead, beats } = canaryRig(t, url, { isRedisUp: false, isStarving: true })
    const outcome = await Promise.race([dead, beats(8).then(() => 'alive')])

    t.equal(outcome, 'alive')
  })

  await t.test('leaves nothing in Redis', async (t) => {
    const { redis, keys } = queueRig(t, url)
    const id = randomUUID()
    const canary = createCanary({
      redis,
      keys,
      id,
      logger: pino({ level: 'silent' }),
      isRedisUp: async () => true,
      isStarving: async () => false,
      onDead: () => {},
    })
    await canary.close({ isRedisUp: true })

    t.same(await redis.keys(`*${id}*`), [])
  })
})
