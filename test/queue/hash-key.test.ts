import { test } from 'tap'
import { createHashKey } from '../../src/queue/hash-key.ts'
import { queueRig } from '../support/queue-rig.ts'
import { testRedis } from '../support/redis.ts'

test('the key of hashes that stand for Secret values', async (t) => {
  const { url } = await testRedis(t)

  await t.test('is one for all workers of a Redis', async (t) => {
    const { redis, keys } = queueRig(t, url)

    const first = await createHashKey(redis, keys)()

    t.equal(first.length, 32)
    t.same(await createHashKey(redis, keys)(), first)
  })

  await t.test('is another one elsewhere', async (t) => {
    const one = queueRig(t, url)
    const two = queueRig(t, url)

    const key = await createHashKey(one.redis, one.keys)()

    t.notSame(await createHashKey(two.redis, two.keys)(), key)
  })

  await t.test('outlives a Redis that lost it, as long as a worker lives', async (t) => {
    const { redis, keys } = queueRig(t, url)
    const read = createHashKey(redis, keys)
    const before = await read()
    await redis.del(keys.hashKey)

    t.same(await read(), before)
    t.same(await createHashKey(redis, keys)(), before)
  })
})
