import { test } from 'tap'
import { StageError } from '../../src/domain/error.ts'
import { anApplication } from '../support/an-application.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'
import { isIdle, workerRig } from '../support/worker-rig.ts'

const frequent = { ...anApplication().sync, everyMs: 1_000 }

test('a pause in the cluster', async (t) => {
  const { url } = await testRedis(t)

  await t.test('a pause that only the cluster remembers is taken up again', async (t) => {
    const paused = { by: 'ada', at: '2026-01-01T00:00:00Z' }
    const kept: string[] = []
    const rig = await workerRig(t, url, {
      sync: async () => ({ paused }),
      keepPause: async ({ name }, { by }) => void kept.push(`${name} ${by}`),
    })

    await rig.want('web', 'push')
    await until('idle', () => isIdle(rig))

    const [record] = await rig.records.read(['web'])
    t.match(record, { paused, isPauseKept: true })
    t.same(kept, ['web ada'])
    await until('told', () => rig.posted.length > 0)
    t.match(rig.posted, [{ state: 'pending', description: /^paused by ada/ }])
  })

  await t.test('a pause is written into the cluster without a want', async (t) => {
    const kept: string[] = []
    const rig = await workerRig(t, url, {
      keepPause: async ({ name }, { by }) => void kept.push(`${name} ${by}`),
    })
    await rig.records.pause('web', { by: 'ada', at: '2026-01-01T00:00:00Z' })
    await rig.queue.enqueue('web')

    await until('kept', async () => (await rig.records.read(['web']))[0]?.isPauseKept === true)

    t.same(kept, ['web ada'])
    t.equal(rig.begun(), 0)
  })

  await t.test('a pause that cannot be written is written later', async (t) => {
    let tries = 0
    const rig = await workerRig(t, url, {
      applications: new Map([['web', anApplication({ name: 'web', sync: frequent })]]),
      async keepPause() {
        tries += 1
        if (tries === 1) throw new StageError('CLUSTER_UNREACHABLE', 'cluster prod: away')
      },
    })
    await rig.records.pause('web', { by: 'ada', at: '2026-01-01T00:00:00Z' })
    await rig.queue.enqueue('web')

    await until('kept', async () => (await rig.records.read(['web']))[0]?.isPauseKept === true)

    t.equal(tries, 2)
  })
})
