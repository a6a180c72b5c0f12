import { test } from 'tap'
import { createSecret } from '../../src/domain/secret.ts'
import { createDeliveryLog } from '../../src/queue/delivery-log.ts'
import { queueRig } from '../support/queue-rig.ts'
import { testRedis } from '../support/redis.ts'

test('the log of deliveries', async (t) => {
  const { url } = await testRedis(t)
  const { redis, keys } = queueRig(t, url)
  const log = createDeliveryLog(redis, keys)
  const [old, fresh] = [createSecret('the-old-secret-16b'), createSecret('the-new-secret-16b')]

  await t.test('knows nothing before the first one', async (t) => {
    t.strictSame(await log.read('github', [old]), { last: undefined, bySecret: [undefined] })
  })

  await t.test('tells the last one, and the last one of each secret', async (t) => {
    await log.note('github', old, 1_000)
    await log.note('github', fresh, 2_000)
    await log.note('gitlab', old, 3_000)

    t.strictSame(await log.read('github', [fresh, old]), { last: 2_000, bySecret: [2_000, 1_000] })
  })

  await t.test('holds no secret', async (t) => {
    t.notMatch(JSON.stringify(await redis.hgetall(keys.deliveries)), /the-(old|new)-secret/)
  })
})
