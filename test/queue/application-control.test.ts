import { test } from 'tap'
import { createApplicationControl } from '../../src/queue/application-control.ts'
import { queueRig } from '../support/queue-rig.ts'
import { testRedis } from '../support/redis.ts'

const at = Date.parse('2026-01-01T00:00:00.000Z')

test('what operators ask for', async (t) => {
  const { url } = await testRedis(t)
  const controlRig = (rig: ReturnType<typeof queueRig>) =>
    createApplicationControl({ ...rig, clock: { now: () => at } })

  await t.test('a sync is wanted at once', async (t) => {
    const rig = queueRig(t, url)

    const asked = await controlRig(rig).sync('web', 'mona')

    t.same(asked, { wantedAt: '2026-01-01T00:00:00.000Z' })
    t.match(await rig.queue.counts(), { waiting: 1 })
    t.match(await rig.records.begin('web', 'a'), { trigger: 'manual', pushedAt: undefined })
  })

  await t.test('a pause says by whom and since when', async (t) => {
    const rig = queueRig(t, url)

    await controlRig(rig).pause('web', 'mona')

    const [record] = await rig.records.read(['web'])
    t.same(record?.paused, { by: 'mona', at: '2026-01-01T00:00:00.000Z' })
  })

  await t.test('who resumes wants a sync', async (t) => {
    const rig = queueRig(t, url)
    const control = controlRig(rig)
    await control.pause('web', 'mona')

    await control.resume('web', 'mona')

    const [record] = await rig.records.read(['web'])
    t.match(record, { paused: undefined, dirty: true })
    t.match(await rig.queue.counts(), { waiting: 1 })
  })
})
