import { test } from 'tap'
import { testRedis } from '../support/redis.ts'
import { reportRig } from '../support/report-rig.ts'
import { aRunningRecord } from '../support/scripted-sync.ts'
import { until } from '../support/until.ts'

test('while Redis is away', async (t) => {
  await t.test('R6: a sync goes on, and is recorded and reported once Redis is back', async (t) => {
    const server = await testRedis(t)
    const rig = await reportRig(t, server.url)
    await rig.want('web', 'push')
    const { application, request, end } = await rig.next()
    await server.stop()

    const asked = performance.now()
    await request.onProgress({ record: aRunningRecord(application, request), touched: true })
    t.ok(performance.now() - asked < 2_500, 'telling of it does not hold it up')
    end()
    await server.start()
    const { status, take } = await rig.forge.next()
    take()
    await until('finished', async () => (await rig.records.read(['web']))[0]?.dirty === false)

    t.notOk(request.signal.aborted)
    t.ok(status.state === 'pending' || status.state === 'success', status.state)
    t.match(await rig.store.sync(request.id), { phase: 'Succeeded' })
    const known = await rig.reports.pendingOf('web')
    t.equal(known, undefined, 'the last thing told is how it went')
  })

  await t.test('R7: a worker takes up its work again when Redis comes back', async (t) => {
    const server = await testRedis(t)
    const rig = await reportRig(t, server.url)
    await server.stop()
    await server.start()

    await rig.want('web', 'push')
    const { request, end } = await rig.next()
    end()
    t.equal(request.trigger, 'push')
  })
})
