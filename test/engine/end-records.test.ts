import { test } from 'tap'
import type { Drift } from '../../src/domain/drift.ts'
import type { WitnessRecord } from '../../src/domain/witness-record.ts'
import { endRecords } from '../../src/engine/end-records.ts'
import { aSyncRecord } from '../support/a-sync-record.ts'
import { aDrift, aWitnessRecord } from '../support/witness-records.ts'

const startedAt = '2026-01-01T00:01:00.000Z'
const key = 'apps/Deployment/shop/web'
const before = '2026-01-01T00:00:50.000Z'
const just = '2026-01-01T00:00:59.900Z'
const after = '2026-01-01T00:01:00.500Z'

function ended(
  records: readonly Partial<WitnessRecord>[],
  { drift = [], right = [] }: { drift?: readonly Drift[]; right?: readonly string[] },
) {
  const open = records.map((record) => aWitnessRecord(record))
  return endRecords(open, { record: aSyncRecord({ startedAt, drift }), right })
}

function witnessed(at: string): Drift {
  return aDrift({
    offender: { manager: 'kubectl', operation: 'Update', time: at, user: 'ann', witnessed: 'r2' },
  })
}

test('what people did has ended', async (t) => {
  await t.test('undone, where the object was healed, with all before it', async (t) => {
    const records = [
      { id: 'r3', at: after },
      { id: 'r2', at: just },
      { id: 'r1', at: before, verb: 'delete' as const },
    ]
    t.strictSame(ended(records, { drift: [witnessed(just)], right: [key] }), {
      undone: ['r2', 'r1'],
      overtaken: [],
    })
  })

  await t.test('undone, where nobody knows who did what was healed', async (t) => {
    const records = [
      { id: 'r2', at: just },
      { id: 'r1', at: before },
    ]
    t.strictSame(ended(records, { drift: [aDrift()] }), { undone: ['r1'], overtaken: [] })
  })

  await t.test('overtaken, where the object is right for another reason', async (t) => {
    const records = [
      { id: 'r3', at: after },
      { id: 'r2', at: just },
      { id: 'r1', at: before },
    ]
    t.strictSame(ended(records, { right: [key] }), { undone: [], overtaken: ['r1'] })
  })

  await t.test('not while the drift is only told, or nobody has looked', async (t) => {
    const records = [{ id: 'r1', at: before }]
    const none = { undone: [], overtaken: [] }
    t.strictSame(ended(records, { drift: [aDrift({ healed: false })] }), none)
    t.strictSame(ended(records, { right: ['apps/Deployment/shop/api'] }), none)
    t.strictSame(ended(records, {}), none)
  })
})
