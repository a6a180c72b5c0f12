import { randomUUID } from 'node:crypto'
import { type Test, test } from 'tap'
import { systemClock } from '../../src/domain/clock.ts'
import type { ForgeEvent } from '../../src/domain/event.ts'
import { connectRedis } from '../../src/queue/connect.ts'
import { createIntake } from '../../src/queue/intake.ts'
import { createKeys } from '../../src/queue/keys.ts'
import { createSyncQueue } from '../../src/queue/sync-queue.ts'
import { anApplication } from '../support/an-application.ts'
import { queueRig } from '../support/queue-rig.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'

const push: ForgeEvent = {
  kind: 'push',
  repository: { id: '1', urls: ['https://github.com/acme/deploy.git'] },
  ref: 'refs/heads/main',
  before: 'a'.repeat(40),
  after: 'b'.repeat(40),
}

/** The intake as the receiver has it: on a connection that fails and does not wait. */
function receiverIntake(t: Test, url: string) {
  const prefix = `test-${randomUUID()}`
  const keys = createKeys(prefix)
  const redis = connectRedis(url, 'producer', () => {})
  const queue = createSyncQueue(redis, keys, () => {})
  t.teardown(() => redis.disconnect())
  const applications = new Map(
    ['web', 'api'].map((name) => [name, anApplication({ name, path: name })]),
  )
  const intake = createIntake({
    redis,
    keys,
    queue,
    applications: () => applications,
    clock: systemClock,
    onError: () => {},
  })
  const isReady = () => until('ready', () => redis.status === 'ready')
  return { intake, redis, prefix, isReady }
}

const delivery = (deliveryId: string | undefined, event: ForgeEvent = push) => ({
  forge: 'github',
  deliveryId,
  event,
})

test('the intake', async (t) => {
  const redisServer = await testRedis(t)
  const { url } = redisServer

  await t.test('queues every application that a push concerns', async (t) => {
    const { intake, prefix, isReady } = receiverIntake(t, url)
    await isReady()

    t.same(await intake.accept(delivery('1')), { kind: 'accepted', applications: 2 })

    const { records, queue } = queueRig(t, url, prefix)
    t.match(await queue.counts(), { waiting: 2 })
    t.match(await records.begin('web', 'a'), {
      kind: 'begun',
      trigger: 'push',
      expectedSha: 'b'.repeat(40),
    })
  })

  await t.test('queues a merge as a pull request, with no commit to expect', async (t) => {
    const { intake, prefix, isReady } = receiverIntake(t, url)
    await isReady()
    const { repository, ref } = push
    await intake.accept(delivery('1', { kind: 'merged', repository, ref }))

    const { records } = queueRig(t, url, prefix)
    t.match(await records.begin('web', 'a'), { trigger: 'pull-request', expectedSha: undefined })
  })

  await t.test('says why it ignores an event', async (t) => {
    const { intake } = receiverIntake(t, url)

    t.match(await intake.accept(delivery('1', { kind: 'ping' })), { kind: 'ignored' })
    t.match(await intake.accept(delivery('2', { ...push, ref: 'refs/heads/other' })), {
      kind: 'ignored',
      reason: 'no application tracks this branch',
    })
  })

  await t.test('B1: a tag named like the branch queues nothing', async (t) => {
    const { intake } = receiverIntake(t, url)

    const receipt = await intake.accept(delivery('1', { ...push, ref: 'refs/tags/main' }))

    t.match(receipt, { kind: 'ignored' })
  })

  await t.test('a repository is known by its id after it was renamed', async (t) => {
    const { intake, isReady } = receiverIntake(t, url)
    await isReady()
    const renamed = {
      ...push,
      repository: { id: '1', urls: ['https://github.com/acme/renamed.git'] },
    }

    t.match(await intake.accept(delivery('1', renamed)), {
      kind: 'ignored',
      reason: 'no application tracks this repository',
    })
    await intake.accept(delivery('2'))
    t.same(await intake.accept(delivery('3', renamed)), { kind: 'accepted', applications: 2 })
    t.match(await intake.accept({ ...delivery('4', renamed), forge: 'gitlab' }), {
      kind: 'ignored',
    })
    t.match(await intake.accept(delivery('5', { ...renamed, ref: 'refs/heads/other' })), {
      kind: 'ignored',
      reason: 'no application tracks this branch',
    })
  })

  await t.test('R23: ten times the same delivery is one', async (t) => {
    const { intake, prefix, isReady } = receiverIntake(t, url)
    await isReady()
    await intake.accept(delivery('1'))
    for (let time = 1; time < 10; time += 1) {
      t.same(await intake.accept(delivery('1')), { kind: 'duplicate' })
    }

    const { records } = queueRig(t, url, prefix)
    t.match(await records.begin('web', 'a'), { generation: 1 })
  })

  await t.test('a delivery asks Redis twice before it is answered', async (t) => {
    const { redis, intake, isReady } = receiverIntake(t, url)
    await isReady()
    const monitor = await redis.monitor()
    t.teardown(() => monitor.disconnect())
    const asked: string[] = []
    monitor.on('monitor', (_time: string, [command = '']: string[], source: string) => {
      if (source !== 'lua') asked.push(command.toLowerCase())
    })
    await intake.accept(delivery('scripts-are-known'))
    await until('that is over', () => asked.includes('set'))
    asked.length = 0

    await intake.accept(delivery('1'))
    await until('that is over', () => asked.includes('set'))

    t.strictSame(asked, ['evalsha', 'evalsha', 'evalsha', 'set'], 'one record, two jobs at once')
  })

  await t.test('a delivery without an id is queued each time', async (t) => {
    const { intake, isReady } = receiverIntake(t, url)
    await isReady()

    t.match(await intake.accept(delivery(undefined)), { kind: 'accepted' })
    t.match(await intake.accept(delivery(undefined)), { kind: 'accepted' })
  })

  await t.test('R5: a Redis that hangs is told within two seconds', async (t) => {
    const { intake, redis, isReady } = receiverIntake(t, url)
    await isReady()
    await redis.client('PAUSE', 4_000)

    const asked = performance.now()
    await t.rejects(intake.accept(delivery('1')), { code: 'QUEUE_UNAVAILABLE' })
    t.ok(performance.now() - asked < 2_500)
    await until('it goes on', async () => (await redis.ping().catch(() => '')) === 'PONG')
  })

  await t.test('R10: a full Redis is no place for a delivery', async (t) => {
    const { intake, redis, isReady } = receiverIntake(t, url)
    await isReady()
    await redis.config('SET', 'maxmemory', '1')

    await t.rejects(intake.accept(delivery('1')), {
      code: 'QUEUE_UNAVAILABLE',
      text: /OOM.*raise its maxmemory/,
    })

    await redis.config('SET', 'maxmemory', '0')
    t.match(await intake.accept(delivery('1')), { kind: 'accepted' })
  })

  await t.test(
    'R5: Redis away is told within two seconds, and the redelivery is taken',
    async (t) => {
      const { intake, prefix, isReady } = receiverIntake(t, url)
      await isReady()
      await redisServer.stop()

      for (let time = 0; time < 2; time += 1) {
        const asked = performance.now()
        await t.rejects(intake.accept(delivery('1')), { code: 'QUEUE_UNAVAILABLE' })
        t.ok(performance.now() - asked < 2_500)
      }

      await redisServer.start()
      await isReady()
      t.same(await intake.accept(delivery('1')), { kind: 'accepted', applications: 2 })
      const { queue } = queueRig(t, url, prefix)
      t.match(await queue.counts(), { waiting: 2 })
    },
  )

  await t.test(
    'R5: started before its Redis, it fails as fast, and works once that is there',
    async (t) => {
      await redisServer.stop()
      const { intake, isReady } = receiverIntake(t, url)

      const asked = performance.now()
      await t.rejects(intake.accept(delivery('1')), { code: 'QUEUE_UNAVAILABLE' })
      t.ok(performance.now() - asked < 2_500)

      await redisServer.start()
      await isReady()
      t.match(await intake.accept(delivery('1')), { kind: 'accepted' })
    },
  )
})
