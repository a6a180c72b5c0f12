import { test } from 'tap'
import { createRecordReader } from '../../src/queue/record-reader.ts'
import { createRecordStore } from '../../src/queue/record-store.ts'
import { createStrangers } from '../../src/queue/strangers.ts'
import { createTouchedPods } from '../../src/queue/touched-pods.ts'
import { createWitnessRecords } from '../../src/queue/witness-records.ts'
import { anApplication } from '../support/an-application.ts'
import { queueRig } from '../support/queue-rig.ts'
import { testRedis } from '../support/redis.ts'
import { anOutcome } from '../support/scripted-sync.ts'
import { aWitnessRecord } from '../support/witness-records.ts'

const web = anApplication({ name: 'web' })
const request = { id: 'a'.repeat(32), trigger: 'push' } as const

test('what is known of applications', async (t) => {
  const { url } = await testRedis(t)

  const readerRig = (rig: ReturnType<typeof queueRig>) => {
    const store = createRecordStore(rig.redis, rig.keys)
    const { records } = rig
    return {
      store,
      strangers: createStrangers(rig.redis, rig.keys),
      reader: createRecordReader({
        applications: () => ['web', 'api'],
        records,
        store,
        witnessed: createWitnessRecords(rig.redis, rig.keys),
        touched: createTouchedPods(rig.redis, rig.keys),
        strangers: createStrangers(rig.redis, rig.keys),
      }),
    }
  }

  await t.test('an application that never synced is known by name', async (t) => {
    const { reader } = readerRig(queueRig(t, url))

    t.match(await reader.application('web'), {
      name: 'web',
      syncStatus: 'Unknown',
      health: 'Unknown',
      phase: undefined,
      message: 'no sync yet',
      objects: [],
      drift: [],
    })
  })

  await t.test(
    'shells that touched a pod are told, and nothing else that was witnessed',
    async (t) => {
      const rig = queueRig(t, url)
      const { reader } = readerRig(rig)
      const witnessed = createWitnessRecords(rig.redis, rig.keys)
      const { heal: _heal, ...plain } = aWitnessRecord()
      const pod = {
        namespace: 'shop',
        name: 'web-1',
        uid: 'u',
        container: undefined,
        image: undefined,
        command: 'sh',
      }
      await witnessed.add(plain)
      await witnessed.add({ ...plain, id: 'r2', verb: 'exec', pod })
      await witnessed.add({ ...plain, id: 'r3', verb: 'exec', pod, isDrift: false })

      t.match(await reader.shells('web'), [{ id: 'r2', pod: { command: 'sh' } }])
      t.equal((await reader.shells('web')).length, 1)
    },
  )

  await t.test('those that are not configured are told with their cluster', async (t) => {
    const { reader, strangers } = readerRig(queueRig(t, url))
    t.strictSame(await reader.unconfigured(), [])
    await strangers.write('prod', ['old', 'api'])
    await strangers.write('test', ['older'])

    t.strictSame(await reader.unconfigured(), [
      { name: 'old', cluster: 'prod' },
      { name: 'older', cluster: 'test' },
    ])
    await strangers.write('prod', [])
    t.strictSame(await reader.unconfigured(), [{ name: 'older', cluster: 'test' }])
  })

  await t.test('one that is not configured is not known', async (t) => {
    const { reader } = readerRig(queueRig(t, url))

    t.equal(await reader.application('gone'), undefined)
  })

  await t.test('status, pause and the next retry come together', async (t) => {
    const rig = queueRig(t, url)
    const { reader, store } = readerRig(rig)
    await store.saveStatus(anOutcome(web, request).status)
    await rig.records.pause('web', { by: 'mona', at: '2026-01-01T00:00:00Z' })
    await rig.redis.hset(rig.keys.application('web'), 'retryAt', 1_000)

    const views = await reader.applications()
    t.same(
      views.map(({ name }) => name),
      ['web', 'api'],
    )
    t.match(views[0], {
      syncStatus: 'Synced',
      health: 'Healthy',
      phase: 'Succeeded',
      objects: [{ kind: 'Service', name: 'web', action: 'configured' }],
      paused: { by: 'mona', at: '2026-01-01T00:00:00Z' },
      retryAt: '1970-01-01T00:00:01.000Z',
    })
    t.match(views[1], { paused: undefined, retryAt: undefined })
  })

  await t.test('a sync is one row, running and ended', async (t) => {
    const { reader, store } = readerRig(queueRig(t, url))
    const { record } = anOutcome(web, request)
    await store.save({ ...record, phase: 'Running', finishedAt: undefined })
    await store.save(record)

    t.same(
      (await reader.syncs('web')).map(({ phase }) => phase),
      ['Succeeded'],
    )
    t.match(await reader.sync(request.id), { id: request.id, phase: 'Succeeded' })
    t.equal(await reader.sync('b'.repeat(32)), undefined)
  })

  await t.test('the fifty newest syncs are listed, newest first', async (t) => {
    const { reader, store } = readerRig(queueRig(t, url))
    for (let index = 0; index < 53; index += 1) {
      const { record } = anOutcome(web, { ...request, id: String(index).padStart(32, '0') })
      await store.save({ ...record, startedAt: new Date(index * 1_000).toISOString() })
    }

    const syncs = await reader.syncs('web')
    t.equal(syncs.length, 50)
    t.equal(syncs[0]?.startedAt, new Date(52_000).toISOString())
    t.equal(syncs.at(-1)?.startedAt, new Date(3_000).toISOString())
  })

  await t.test('what another version stored is as good as none', async (t) => {
    const rig = queueRig(t, url)
    const { reader } = readerRig(rig)
    await rig.redis.hset(rig.keys.statuses, 'web', JSON.stringify({ v: 2, value: { name: 'web' } }))

    t.match(await reader.application('web'), { message: 'no sync yet' })
  })
})
