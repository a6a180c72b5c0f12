import { pino } from 'pino'
import { test } from 'tap'
import type { Drift } from '../../src/domain/drift.ts'
import { nameOffenders } from '../../src/engine/name-offenders.ts'
import { createDeclaredObjects } from '../../src/queue/declared-objects.ts'
import { createWitnessRecords } from '../../src/queue/witness-records.ts'
import { createWitnessNotes } from '../../workers/witness-notes.ts'
import { aSyncRecord } from '../support/a-sync-record.ts'
import { anApplication } from '../support/an-application.ts'
import { queueRig } from '../support/queue-rig.ts'
import { testRedis } from '../support/redis.ts'
import { aDrift, aWitnessRecord } from '../support/witness-records.ts'

const startedAt = '2026-01-01T00:10:00.000Z'
const finishedAt = '2026-01-01T00:10:01.000Z'
const application = anApplication()
const { heal: _heal, ...plain } = aWitnessRecord({ application: application.name })

test('what a worker tells the witness once a sync has ended', async (t) => {
  const { url } = await testRedis(t)

  function rig() {
    const { redis, keys } = queueRig(t, url)
    const records = createWitnessRecords(redis, keys)
    const notes = createWitnessNotes({
      records,
      declared: createDeclaredObjects(redis, keys),
      clock: { now: () => 0 },
      logger: pino({ level: 'silent' }),
    })
    const end = (drift: readonly Drift[], right: readonly string[] = []) => {
      const record = aSyncRecord({ id: 's1', startedAt, finishedAt, drift })
      return notes.ended(application, { record, right } as never) // All that is read of it.
    }
    return { records, end }
  }

  await t.test('is what was undone, however many edits there were', async (t) => {
    const { records, end } = rig()
    const found: Drift[] = []
    for (let index = 0; index < 120; index += 1) {
      const at = new Date(Date.parse(plain.at) + index * 1_000).toISOString()
      const ref = { ...plain.ref, name: `web-${index}` }
      await records.add({ ...plain, id: `r${index}`, at, ref })
      found.push(
        aDrift({ ref, offender: { manager: 'kubectl-edit', operation: 'Update', time: at } }),
      )
    }
    const drift = await nameOffenders(records.open, found, {
      application: application.name,
      entries: [],
    })
    t.equal(drift.filter(({ offender }) => offender?.user === plain.user).length, 120)
    await end(drift)

    const heals = (await records.list(application.name)).map(({ heal }) => heal)
    t.strictSame(
      heals,
      Array.from({ length: 120 }, () => ({ sync: 's1', at: finishedAt })),
    )
    t.strictSame(await records.open(application.name), [])
  })

  await t.test('is what the sync overtook', async (t) => {
    const { records, end } = rig()
    await records.add(plain)
    await end([], ['apps/Deployment/shop/web'])

    t.match(await records.list(application.name), [
      { heal: { sync: 's1', at: finishedAt, overtaken: true } },
    ])
  })

  await t.test('is nothing of what it did not look at', async (t) => {
    const { records, end } = rig()
    await records.add(plain)
    await end([])
    await end([], ['apps/Deployment/shop/api'])

    t.match(await records.list(application.name), [{ heal: undefined }])
  })
})
