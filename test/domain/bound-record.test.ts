import { test } from 'tap'
import { boundRecord } from '../../src/domain/bound-record.ts'
import type { Change } from '../../src/domain/change.ts'
import type { Drift } from '../../src/domain/drift.ts'
import { aSyncRecord } from '../support/a-sync-record.ts'

const ref = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'a' }
const change: Change = { ref, action: 'created', message: '', origin: undefined }
const drift: Drift = {
  ref,
  type: 'missing',
  fields: [],
  offender: null,
  message: 'deleted',
  healed: true,
}

function times<T>(count: number, item: T): T[] {
  return Array.from({ length: count }, () => item)
}

test('bounding a record', async (t) => {
  await t.test('one with 500 of everything stays as it is', async (t) => {
    const record = aSyncRecord({
      changes: times(500, change),
      drift: times(500, drift),
      warnings: times(500, 'one'),
    })

    t.equal(boundRecord(record), record)
  })

  await t.test('each long list is cut to 500, and a warning tells how long all were', async (t) => {
    const record = aSyncRecord({
      changes: times(501, change),
      drift: times(900, drift),
      warnings: times(502, 'one'),
    })

    const bounded = boundRecord(record)

    t.equal(bounded.changes.length, 500)
    t.equal(bounded.drift.length, 500)
    t.equal(bounded.warnings.length, 501)
    t.equal(
      bounded.warnings.at(-1),
      'only the first 500 of 501 changes, 900 drifts and 502 warnings are kept',
    )
  })

  await t.test('one long list is enough, and everything else stays', async (t) => {
    const record = aSyncRecord({ drift: times(501, drift), warnings: ['one'] })

    const bounded = boundRecord(record)

    t.strictSame(bounded, {
      ...record,
      drift: record.drift.slice(1),
      warnings: ['one', 'only the first 500 of 0 changes, 501 drifts and 1 warnings are kept'],
    })
  })
})
