import { type Test, test } from 'tap'
import type { SyncRecord } from '../../src/domain/sync.ts'
import { createRecordStore } from '../../src/queue/record-store.ts'
import { createSyncKeeper } from '../../workers/sync-keeper.ts'
import { anApplication } from '../support/an-application.ts'
import { queueRig } from '../support/queue-rig.ts'
import { testRedis } from '../support/redis.ts'
import { anOutcome, aRunningRecord } from '../support/scripted-sync.ts'

const web = anApplication({ name: 'web' })
const idOf = (digit: string) => digit.repeat(32)
const request = (digit: string) => ({ id: idOf(digit), trigger: 'push' }) as const

function keeperRig(t: Test, url: string, history: () => Promise<readonly SyncRecord[]>) {
  const { redis, keys } = queueRig(t, url)
  const store = createRecordStore(redis, keys)
  const errors: unknown[] = []
  const keeper = createSyncKeeper({
    store,
    redact: (text) => text,
    history,
    onError: (error) => errors.push(error),
  })
  const status = async () => (await store.statuses(['web']))[0]
  return { keeper, store, errors, status }
}

test('what is kept of a sync', async (t) => {
  const { url } = await testRedis(t)
  const noHistory = async () => []

  await t.test('while it runs: the application as it was, syncing', async (t) => {
    const { keeper, store, status } = keeperRig(t, url, noHistory)
    const before = anOutcome(web, request('1')).status
    await keeper.began(aRunningRecord(web, request('2')), before)

    t.match(await status(), {
      phase: 'Running',
      syncId: idOf('2'),
      health: 'Healthy',
      objects: before.objects,
    })
    t.match(await store.sync(idOf('2')), { phase: 'Running' })
  })

  await t.test('of one that changed nothing: no row, and the link of the one before', async (t) => {
    const { keeper, store, status } = keeperRig(t, url, noHistory)
    const first = anOutcome(web, request('1'))
    await keeper.ended(first, undefined)
    await keeper.ended({ ...anOutcome(web, request('2')), quiet: true }, first.status)

    t.equal((await status())?.syncId, idOf('1'))
    t.same(
      (await store.syncs('web')).map(({ id }) => id),
      [idOf('1')],
    )
  })

  await t.test('of one that failed before it saw anything: the objects as last seen', async (t) => {
    const { keeper, status } = keeperRig(t, url, noHistory)
    const first = anOutcome(web, request('1'))
    const failed = anOutcome(web, request('2'), { phase: 'Failed', revision: undefined })
    await keeper.ended(
      { ...failed, status: { ...failed.status, objects: [], revision: undefined } },
      first.status,
    )

    t.match(await status(), {
      phase: 'Failed',
      objects: first.status.objects,
      revision: first.status.revision,
    })
  })

  await t.test('R8: after a loss the rows come back from the cluster', async (t) => {
    const rows = [anOutcome(web, request('2')).record, anOutcome(web, request('1')).record]
    const { keeper, store } = keeperRig(t, url, async () => rows)

    t.equal(await keeper.before('web'), undefined)

    t.same((await store.syncs('web')).map(({ id }) => id).toSorted(), [idOf('1'), idOf('2')])
  })

  await t.test('a cluster that cannot be asked for them holds up nothing', async (t) => {
    const { keeper, errors } = keeperRig(t, url, async () => {
      throw new Error('no route to host')
    })

    t.equal(await keeper.before('web'), undefined)
    t.match(errors, [{ message: 'no route to host' }])
  })
})
