import { randomUUID } from 'node:crypto'
import { Queue } from 'bullmq'
import { test } from 'tap'
import type { Application } from '../../src/domain/application.ts'
import { anApplication } from '../support/an-application.ts'
import { queueRig } from '../support/queue-rig.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'
import { applicationsNamed, workerRig } from '../support/worker-rig.ts'

function sweptEvery(everyMs: number, name = 'web'): Map<string, Application> {
  const { sync } = anApplication()
  return new Map([[name, anApplication({ name, sync: { ...sync, everyMs } })]])
}

test('the sweep', async (t) => {
  const { url } = await testRedis(t)

  await t.test('comes to every application at the start', async (t) => {
    const rig = await workerRig(t, url, { swept: false })
    const syncs = [await rig.next(), await rig.next()]
    for (const { end } of syncs) end()

    t.same(syncs.map(({ application }) => application.name).toSorted(), ['api', 'web'])
    t.ok(syncs.every(({ request }) => request.trigger === 'sweep'))
  })

  await t.test('B8: comes again and again, with no webhook at all', async (t) => {
    const rig = await workerRig(t, url, { applications: sweptEvery(1_000) })
    for (let sweep = 0; sweep < 3; sweep += 1) {
      const { request, end } = await rig.next()
      end()
      t.equal(request.trigger, 'sweep')
    }
  })

  await t.test('R17: two workers make one sweep', async (t) => {
    const applications = sweptEvery(1_000)
    const one = await workerRig(t, url, { applications })
    await workerRig(t, url, { applications, prefix: one.prefix, sync: one.sync })
    const times: number[] = []
    for (let sweep = 0; sweep < 3; sweep += 1) {
      const { end } = await one.next()
      times.push(Date.now())
      end()
    }

    const [first = 0, second = 0, third = 0] = times
    t.ok(third - second > 500 && second - first > 500, `${times.join(', ')}`)
    t.equal(one.begun(), 3)
  })

  await t.test('R25: comes although a worker whose clock is ahead set the next one', async (t) => {
    const prefix = `test-${randomUUID()}`
    const { redis, keys } = queueRig(t, url, prefix)
    const queue = new Queue('sweep', { connection: redis, prefix: keys.queues })
    t.teardown(() => queue.close())
    const startDate = Date.now() + 3_600_000
    await queue.upsertJobScheduler('sweep', { every: 250, startDate }, { name: 'tick' })

    const rig = await workerRig(t, url, { prefix, applications: sweptEvery(1_000) })
    const { request, end } = await rig.next()
    end()

    t.equal(request.trigger, 'sweep')
  })

  await t.test('leaves a paused application alone', async (t) => {
    const applications = new Map([...sweptEvery(1_000), ...sweptEvery(1_000, 'api')])
    const rig = await workerRig(t, url, { applications })
    await rig.records.pause('web', { by: 'mona', at: '2026-01-01T00:00:00Z' })
    const names: string[] = []
    for (let sweep = 0; sweep < 2; sweep += 1) {
      const { application, end } = await rig.next()
      names.push(application.name)
      end()
    }

    t.same(names, ['api', 'api'])
  })

  await t.test('sees to it that what is wanted has a job', async (t) => {
    const rig = await workerRig(t, url, { applications: sweptEvery(3_600_000) })
    await rig.records.want('web', { trigger: 'push', at: Date.now() })

    const { request, end } = await rig.next()
    end()

    t.equal(request.trigger, 'push')
  })

  // https://github.com/taskforcesh/bullmq/issues/4311
  await t.test('frees an application whose deduplication key outlived its job', async (t) => {
    const rig = await workerRig(t, url, { applications: sweptEvery(3_600_000) })
    await rig.redis.set(`${rig.keys.queues}:sync:de:web`, '4711')
    await rig.records.want('web', { trigger: 'push', at: Date.now() })

    const { request, end } = await rig.next()
    end()

    t.equal(request.trigger, 'push')
  })

  await t.test('fires a retry whose own job was lost', async (t) => {
    const rig = await workerRig(t, url, { applications: sweptEvery(3_600_000) })
    await rig.want('web', 'push')
    const first = await rig.next()
    await rig.redis.hset(rig.keys.application('web'), 'retryAt', 0, 'retryRank', 1)
    first.end()

    const { request, end } = await rig.next()
    end()
    t.equal(request.trigger, 'push')
  })

  await t.test('R26: a job of another version is put back, not failed', async (t) => {
    const rig = await workerRig(t, url, { applications: applicationsNamed('web') })
    const queue = new Queue('sync', { connection: rig.redis, prefix: rig.keys.queues })
    t.teardown(() => queue.close())
    const job = await queue.add('sync', { v: 2, application: 'web', more: true })
    await until('put back', () => job.isDelayed())

    t.match(await rig.queue.counts(), { failed: 0, delayed: 1 })
    t.equal(rig.begun(), 0)
  })
})
