import { test } from 'tap'
import { decodeHistory, encodeHistory } from '../../src/cluster/sync-history.ts'
import type { Change } from '../../src/domain/change.ts'
import type { SyncRecord } from '../../src/domain/sync.ts'

const ref = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'a' }

function aRecord(overrides: Partial<SyncRecord> = {}): SyncRecord {
  return {
    id: '0'.repeat(32),
    application: 'task-agent',
    trigger: 'push',
    phase: 'Succeeded',
    message: '1 configured',
    revision: 'a'.repeat(40),
    author: 'Ada',
    subject: 'change it',
    committedAt: '2026-01-01T00:00:00Z',
    startedAt: '2026-01-01T00:00:01Z',
    finishedAt: undefined,
    stages: { source: 12, apply: 30 },
    counts: { configured: 1 },
    changes: [{ ref, action: 'configured', message: '', origin: { file: 'a.yaml', line: 1 } }],
    drift: [
      {
        ref,
        type: 'extra',
        fields: [{ path: '/data/b', desired: undefined, live: 'x' }],
        offender: { manager: 'kubectl-edit', operation: 'Update', time: undefined },
        message: 'added by kubectl-edit',
        healed: true,
      },
    ],
    health: 'Healthy',
    failure: {
      code: 'OBJECT_INVALID',
      stage: 'apply',
      text: 'no',
      subjects: [{ object: 'ConfigMap shop/a', file: 'a.yaml', line: 1, message: 'no' }],
    },
    warnings: ['one'],
    ...overrides,
  }
}

test('records are read as they were written', async (t) => {
  const records = [aRecord(), aRecord({ failure: undefined, drift: [], revision: undefined })]

  const read = decodeHistory(encodeHistory(records, 900_000))

  t.same(read, JSON.parse(JSON.stringify(records)))
})

test('a record tells on whom the witness saw', async (t) => {
  const [drift] = aRecord().drift
  if (drift === undefined) throw new Error('there is no drift')
  const offender = {
    manager: 'unknown',
    operation: 'Delete',
    time: '2026-01-01T00:00:00Z',
    user: 'ann@example.com',
    groups: ['on-call'],
    witnessed: 'r1',
    unrecorded: true,
  } as const
  const deleted = { ...drift, type: 'missing', fields: [], offender } as const

  const [read] = decodeHistory(encodeHistory([aRecord({ drift: [deleted] })], 900_000))

  t.same(read?.drift, [deleted])
})

test('twenty are kept, the newest', async (t) => {
  const records = Array.from({ length: 30 }, (_, index) => aRecord({ id: `${index}` }))

  const kept = decodeHistory(encodeHistory(records, 900_000))

  t.same(
    kept.map(({ id }) => id),
    records.slice(0, 20).map(({ id }) => id),
  )
})

test('the oldest give way when the space is short', async (t) => {
  const records = Array.from({ length: 20 }, (_, index) => aRecord({ id: `${index}` }))
  const one = JSON.stringify(records[0]).length

  const text = encodeHistory(records, one * 3.5)

  t.ok(text.length <= one * 3.5)
  t.same(
    decodeHistory(text).map(({ id }) => id),
    ['0', '1', '2'],
  )
})

test('of one that is too long by itself the lists are shortened', async (t) => {
  const change: Change = { ref, action: 'configured', message: 'm'.repeat(50), origin: undefined }
  const long = aRecord({ changes: Array.from({ length: 5_000 }, () => change) })

  const kept = decodeHistory(encodeHistory([long, aRecord()], 50_000))

  t.equal(kept[0]?.changes.length, 50)
  t.equal(kept[0]?.counts.configured, 1)
  t.equal(kept.length, 2)
})

test('no space is no history', async (t) => {
  t.equal(encodeHistory([aRecord()], 10), '[]')
})

test('what another version wrote is left out, the rest stays', async (t) => {
  const foreign = [{ id: 1 }, null, 'x', aRecord({ phase: 'Exploded' as 'Failed' })]
  const text = JSON.stringify([...foreign, aRecord()])

  t.same(decodeHistory(text).length, 1)
  t.same(decodeHistory('{'), [])
  t.same(decodeHistory(undefined), [])
})
