import { test } from 'tap'
import { connectRedis } from '../../src/queue/connect.ts'
import { createKeys } from '../../src/queue/keys.ts'
import { createWatchNotes } from '../../src/queue/watch-notes.ts'
import { testRedis } from '../support/redis.ts'

test('what a watcher knows', async (t) => {
  const { url } = await testRedis(t)
  const redis = connectRedis(url, 'worker', () => {})
  t.teardown(() => redis.disconnect())
  const keys = createKeys()
  const notes = createWatchNotes(redis, keys)
  const note = { inventory: '7', suspects: [], isWell: true }

  await t.test('is read by application and cluster', async (t) => {
    await notes.write('prod', new Map([['web', note]]))

    t.strictSame(await notes.read('prod', 'web'), note)
    t.equal(await notes.read('prod', 'api'), undefined)
    t.equal(await notes.read('test', 'web'), undefined)
  })

  await t.test('is taken back as a whole', async (t) => {
    await notes.write('prod', new Map())

    t.equal(await notes.read('prod', 'web'), undefined)
  })

  await t.test('is believed for half a minute, unless it is told again', async (t) => {
    await notes.write('prod', new Map([['web', note]]))

    const left = await redis.pttl(keys.watched('prod'))
    t.ok(left > 25_000 && left <= 30_000, `${left} ms`)
  })
})
