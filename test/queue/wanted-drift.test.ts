import { test } from 'tap'
import { done, queueRig } from '../support/queue-rig.ts'
import { testRedis } from '../support/redis.ts'

test('the record of what has drifted', async (t) => {
  const { url } = await testRedis(t)

  await t.test('a drift names its objects, some twenty at most', async (t) => {
    const { records } = queueRig(t, url)
    const drift = (...suspects: string[]) =>
      records.want('web', { trigger: 'drift', at: 1, suspects })
    await drift('a')
    await drift('b', 'a')
    t.match(await records.begin('web', 'a'), { suspects: ['a', 'b'] })
    t.ok(await records.finish('web', 'a', done))

    await drift('a')
    await records.want('web', { trigger: 'sweep', at: 2 })
    await drift('b')
    t.match(await records.begin('web', 'b'), { trigger: 'sweep', isDriftWanted: true })
    t.ok(await records.finish('web', 'b', done))
    t.same(await records.begin('web', 'b'), { kind: 'clean' })

    await drift(...Array.from({ length: 21 }, (_, index) => `${index}`))
    t.match(await records.begin('web', 'c'), { suspects: undefined }, 'they are too many')
    t.ok(await records.finish('web', 'c', done))
  })

  await t.test('a push looks for no drift, and leaves it to the sync after it', async (t) => {
    const { records } = queueRig(t, url)
    const drift = (suspect: string) =>
      records.want('web', { trigger: 'drift', at: 1, suspects: [suspect] })
    await drift('a')
    await records.want('web', { trigger: 'push', at: 2 })

    t.match(await records.begin('web', 'push'), { trigger: 'push', isDriftWanted: true })
    await drift('b')
    t.ok(await records.finish('web', 'push', done))

    const after = await records.begin('web', 'drift')
    t.match(after, { trigger: 'drift', suspects: ['a', 'b'] })
    t.ok(await records.finish('web', 'drift', done))
    t.same(await records.begin('web', 'next'), { kind: 'clean' })
  })

  await t.test('a push that is tried again leaves the drift wanted, too', async (t) => {
    const { records } = queueRig(t, url)
    await records.want('web', { trigger: 'drift', at: 1, suspects: ['a'] })
    await records.want('web', { trigger: 'push', at: 2 })
    for (const token of ['interrupted', 'dead', 'failed']) {
      t.match(await records.begin('web', token), { trigger: 'push', isDriftWanted: true }, token)
      if (token === 'interrupted') await records.finish('web', token, { kind: 'interrupted' })
    }
    t.ok(await records.finish('web', 'failed', { ...done, retryAt: 5 }))

    t.match(await records.begin('web', 'drift'), { trigger: 'drift', suspects: ['a'] })
    t.ok(await records.finish('web', 'drift', done))
    t.ok(await records.fireRetry('web', 5))
    t.match(await records.begin('web', 'retry'), { trigger: 'push', isDriftWanted: false })
  })

  await t.test(
    'what an interrupted heal was to look at is looked at with all the rest',
    async (t) => {
      const { records } = queueRig(t, url)
      await records.want('web', { trigger: 'drift', at: 1, suspects: ['a'] })
      await records.begin('web', 'a')
      t.ok(await records.finish('web', 'a', { kind: 'interrupted' }))
      t.match(await records.begin('web', 'b'), { trigger: 'drift', suspects: undefined })

      t.match(await records.begin('web', 'c'), { suspects: undefined }, 'taken over')
    },
  )
})
