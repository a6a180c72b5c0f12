import { test } from 'tap'
import { checkRedisPolicy } from '../../src/queue/redis-policy.ts'
import { queueRig } from '../support/queue-rig.ts'
import { testRedis } from '../support/redis.ts'

test('the Redis we are given', async (t) => {
  const { url } = await testRedis(t)
  const { redis } = queueRig(t, url)

  await t.test('that never evicts is taken', async (t) => {
    await redis.config('SET', 'appendonly', 'yes')

    t.same(await checkRedisPolicy(redis), [])
  })

  await t.test('that keeps no append-only file is taken with a warning', async (t) => {
    await redis.config('SET', 'appendonly', 'no')

    t.match(await checkRedisPolicy(redis), [/no append-only file/])
  })

  await t.test('R11: that may evict keys is refused, with the way to mend it', async (t) => {
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru')

    await t.rejects(checkRedisPolicy(redis), {
      code: 'QUEUE_POLICY',
      text: /allkeys-lru.*config set maxmemory-policy noeviction/,
    })
  })
})
