import { test } from 'tap'
import type { Beginning, HeldBack } from '../../src/domain/application-record.ts'
import { done, queueRig } from '../support/queue-rig.ts'
import { testRedis } from '../support/redis.ts'

const idle = {
  dirty: false,
  running: false,
  retryAt: undefined,
  sweptAt: undefined,
  paused: undefined,
  isPauseKept: false,
}

function begun(beginning: Beginning) {
  if (beginning.kind !== 'begun') throw new Error(`it is ${beginning.kind}`)
  return beginning
}

test('the record of what is wanted', async (t) => {
  const { url } = await testRedis(t)

  await t.test('nothing wanted is nothing to do', async (t) => {
    const { records } = queueRig(t, url)

    t.same(await records.begin('web', 'a'), { kind: 'clean' })
  })

  await t.test('the strongest trigger wins, whatever the order', async (t) => {
    const { records } = queueRig(t, url)

    await records.want('web', { trigger: 'sweep', at: 1 })
    await records.want('web', { trigger: 'push', at: 2, expectedSha: 'abc' })
    await records.want('web', { trigger: 'drift', at: 3 })

    t.match(await records.begin('web', 'a'), {
      kind: 'begun',
      generation: 3,
      trigger: 'push',
      pushedAt: 2,
      expectedSha: 'abc',
      attempts: 0,
    })
  })

  await t.test('what is wanted during a sync waits for the next one', async (t) => {
    const { records } = queueRig(t, url)
    await records.want('web', { trigger: 'push', at: 1 })
    await records.begin('web', 'a')

    await records.want('web', { trigger: 'sweep', at: 2 })
    t.ok(await records.finish('web', 'a', done))

    t.match(await records.begin('web', 'b'), { kind: 'begun', generation: 2, trigger: 'sweep' })
    t.ok(await records.finish('web', 'b', done))
    t.same(await records.begin('web', 'c'), { kind: 'clean' })
  })

  await t.test('a sync that takes over from a dead one does what that was to do', async (t) => {
    const { records } = queueRig(t, url)
    await records.want('web', { trigger: 'push', at: 7 })
    await records.begin('web', 'dead')
    await records.want('web', { trigger: 'drift', at: 8 })

    t.match(await records.begin('web', 'next'), { trigger: 'push', pushedAt: 7, generation: 2 })
    t.notOk(await records.holds('web', 'dead'))
    t.notOk(await records.finish('web', 'dead', done), 'the dead one changes nothing any more')
    t.ok(await records.holds('web', 'next'))
  })

  await t.test('an interrupted sync leaves everything wanted', async (t) => {
    const { records } = queueRig(t, url)
    await records.want('web', { trigger: 'push', at: 7 })
    await records.begin('web', 'a')

    await records.finish('web', 'a', { kind: 'interrupted' })

    t.match(await records.begin('web', 'b'), { kind: 'begun', trigger: 'push', pushedAt: 7 })
  })

  await t.test(
    'a retry fires when it is due, with the trigger of the sync it repeats',
    async (t) => {
      const { records } = queueRig(t, url)
      await records.want('web', { trigger: 'push', at: 1, expectedSha: 'abc' })
      await records.begin('web', 'a')
      await records.finish('web', 'a', { ...done, retryAt: 500 })

      t.notOk(await records.fireRetry('web', 499))
      t.same(await records.begin('web', 'b'), { kind: 'clean' })
      t.ok(await records.fireRetry('web', 500))
      t.notOk(await records.fireRetry('web', 500), 'once')
      t.match(await records.begin('web', 'b'), {
        trigger: 'push',
        attempts: 1,
        pushedAt: 1,
        expectedSha: 'abc',
      })
    },
  )

  await t.test('a drift job during a backoff neither ends nor becomes the retry', async (t) => {
    const { records } = queueRig(t, url)
    await records.want('web', { trigger: 'push', at: 1 })
    await records.begin('web', 'a')
    await records.finish('web', 'a', { ...done, retryAt: 500 })

    await records.want('web', { trigger: 'drift', at: 2 })
    t.match(await records.begin('web', 'b'), { trigger: 'drift', attempts: 1 })
    await records.finish('web', 'b', done)

    const [record] = await records.read(['web'])
    t.equal(record?.retryAt, 500)
    t.ok(await records.fireRetry('web', 500))
    t.match(await records.begin('web', 'c'), { trigger: 'push', attempts: 1 })
  })

  await t.test('a retry is kept when only a sweep came in between', async (t) => {
    const { records } = queueRig(t, url)
    await records.want('web', { trigger: 'push', at: 1 })
    await records.begin('web', 'a')
    await records.want('web', { trigger: 'sweep', at: 2 })
    await records.finish('web', 'a', { ...done, retryAt: 500 })

    const [record] = await records.read(['web'])
    t.equal(record?.retryAt, 500)
  })

  await t.test('a push ends a backoff and forgives the attempts', async (t) => {
    const { records } = queueRig(t, url)
    for (const token of ['a', 'b']) {
      await records.want('web', { trigger: 'sweep', at: 1 })
      await records.begin('web', token)
      await records.finish('web', token, { ...done, retryAt: 500 })
    }

    await records.want('web', { trigger: 'push', at: 9 })

    const [record] = await records.read(['web'])
    t.equal(record?.retryAt, undefined)
    t.match(await records.begin('web', 'c'), { trigger: 'push', attempts: 0 })
  })

  await t.test('a push during a sync makes its retry needless', async (t) => {
    const { records } = queueRig(t, url)
    await records.want('web', { trigger: 'push', at: 1 })
    await records.begin('web', 'a')
    await records.want('web', { trigger: 'push', at: 2 })
    await records.finish('web', 'a', { ...done, retryAt: 500 })

    const [record] = await records.read(['web'])
    t.match(record, { dirty: true, retryAt: undefined })
    t.match(await records.begin('web', 'b'), { attempts: 0, pushedAt: 2 })
  })

  await t.test('a failed revision is remembered until a sync ends without one', async (t) => {
    const { records } = queueRig(t, url)
    const sync = async (failedRevision: string | undefined) => {
      await records.want('web', { trigger: 'sweep', at: 1 })
      const beginning = begun(await records.begin('web', 'a'))
      await records.finish('web', 'a', { ...done, failedRevision })
      return beginning.failedRevision
    }

    t.equal(await sync('abc'), undefined)
    t.equal(await sync(undefined), 'abc')
    t.equal(await sync(undefined), undefined)
  })

  await t.test('why the tip is held back is remembered until a sync ends without it', async (t) => {
    const { records } = queueRig(t, url)
    const sync = async (heldBack: HeldBack | undefined) => {
      await records.want('web', { trigger: 'sweep', at: 1 })
      const beginning = begun(await records.begin('web', 'a'))
      await records.finish('web', 'a', { ...done, heldBack })
      return beginning.heldBack
    }
    const reason: HeldBack = { code: 'SOURCE_BRANCH_GONE', text: 'the branch “main” is gone' }

    t.equal(await sync(reason), undefined)
    t.strictSame(await sync(undefined), reason)
    t.equal(await sync(undefined), undefined)
  })

  await t.test('a paused application drops what is wanted until it is resumed', async (t) => {
    const { records } = queueRig(t, url)
    await records.pause('web', { by: 'mona', at: '2026-01-01T00:00:00Z' })
    await records.want('web', { trigger: 'push', at: 1 })

    t.match(await records.begin('web', 'a'), {
      kind: 'paused',
      paused: { by: 'mona', at: '2026-01-01T00:00:00Z' },
      trigger: 'push',
    })
    t.match(await records.begin('web', 'a'), { kind: 'paused', trigger: 'sweep' })

    await records.resume('web')
    t.same(await records.begin('web', 'a'), { kind: 'clean' })
    await records.want('web', { trigger: 'manual', at: 2 })
    t.match(await records.begin('web', 'a'), { kind: 'begun', trigger: 'manual', isResumed: true })
  })

  await t.test('only who resumed ends the pause that the cluster remembers', async (t) => {
    const { records } = queueRig(t, url)
    const paused = { by: 'mona', at: '2026-01-01T00:00:00Z' }
    await records.want('web', { trigger: 'push', at: 1 })
    t.match(await records.begin('web', 'a'), { isResumed: false })

    await records.pause('web', paused)
    t.match(await records.read(['web']), [{ isPauseKept: false }])
    await records.keepPause('web', paused)
    t.match(await records.read(['web']), [{ isPauseKept: true }])
    await records.pause('web', { ...paused, at: '2026-01-02T00:00:00Z' })
    t.match(await records.read(['web']), [{ isPauseKept: false }])
  })

  await t.test(
    'R3: a sync that ends its worker again and again is not tried unasked',
    async (t) => {
      const { records } = queueRig(t, url)
      await records.want('web', { trigger: 'push', at: 1 })
      for (let death = 0; death < 6; death += 1) begun(await records.begin('web', `dead-${death}`))

      t.match(await records.begin('web', 'b'), { kind: 'quarantined', crashes: 6 })
      await records.want('web', { trigger: 'sweep', at: 2 })
      t.match(await records.begin('web', 'c'), { kind: 'quarantined' })

      await records.want('web', { trigger: 'push', at: 3 })
      t.match(await records.begin('web', 'd'), { kind: 'begun', trigger: 'push' })
    },
  )

  await t.test('sequences grow with every sync', async (t) => {
    const { records } = queueRig(t, url)
    const sequences: number[] = []
    for (const token of ['a', 'b', 'c']) {
      await records.want('web', { trigger: 'sweep', at: 1 })
      sequences.push(begun(await records.begin('web', token)).sequence)
      await records.finish('web', token, done)
    }

    t.same(sequences, [1, 2, 3])
  })

  await t.test('a sweep leaves its time', async (t) => {
    const { records } = queueRig(t, url)
    await records.want('web', { trigger: 'sweep', at: 42 })

    t.same(await records.read(['web', 'other']), [{ ...idle, dirty: true, sweptAt: 42 }, idle])
  })
})
