import { Queue, Worker } from 'bullmq'
import { test } from 'tap'
import { queueRig } from '../support/queue-rig.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'

test('the sync queue', async (t) => {
  const { url } = await testRedis(t)

  await t.test('holds one job an application', async (t) => {
    const { queue } = queueRig(t, url)
    for (const name of ['web', 'web', 'api', 'web']) await queue.enqueue(name)

    t.match(await queue.counts(), { waiting: 2 })
  })

  await t.test('a job says its version and its application, and no more', async (t) => {
    const { queue, redis, keys } = queueRig(t, url)
    const reader = new Queue('sync', { connection: redis, prefix: keys.queues })
    t.teardown(() => reader.close())
    await queue.enqueue('web')

    const jobs = await reader.getWaiting()
    t.same(
      jobs.map(({ data }) => data),
      [{ v: 1, application: 'web' }],
    )
  })

  // https://github.com/taskforcesh/bullmq/issues/4311
  await t.test('mends a key whose job is gone, or has ended', async (t) => {
    const { queue, redis, keys } = queueRig(t, url)
    const worker = new Worker('sync', async () => {}, {
      connection: redis,
      prefix: keys.queues,
      autorun: false,
    })
    const key = `${keys.queues}:sync:de:web`

    await redis.set(key, '4711')
    await queue.ensureJob('web')
    t.match(await queue.counts(), { waiting: 1 })

    const ended = await redis.get(key)
    const running = worker.run()
    await until('ended', async () => (await queue.counts())['waiting'] === 0)
    await worker.close()
    await running
    await redis.set(key, ended ?? '')
    await queue.ensureJob('web')
    t.match(await queue.counts(), { waiting: 1, active: 0 })
  })

  await t.test('adds no second job to one that waits or is under way', async (t) => {
    const { queue, redis, keys } = queueRig(t, url)
    await queue.enqueue('web')
    await queue.ensureJob('web')
    t.match(await queue.counts(), { waiting: 1 })

    const taken: string[] = []
    const worker = new Worker(
      'sync',
      async ({ id = '' }) => {
        taken.push(id)
        await queue.ensureJob('web')
      },
      { connection: redis, prefix: keys.queues },
    )
    t.teardown(() => worker.close())
    await until('ended', async () => {
      const { active, waiting } = await queue.counts()
      return taken.length > 0 && active === 0 && waiting === 0
    })
    t.equal(taken.length, 1)
  })
})
