import { test } from 'tap'
import { describeSync } from '../../src/domain/describe-sync.ts'
import type { Drift } from '../../src/domain/drift.ts'
import { aSyncRecord } from '../support/a-sync-record.ts'

function aDrift(healed: boolean): Drift {
  const ref = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'a' }
  return { ref, type: 'missing', fields: [], offender: null, message: 'deleted', healed }
}

test('describing a sync', async (t) => {
  await t.test(
    'what was done is counted, then how the objects are and how long it took',
    async (t) => {
      const record = aSyncRecord({
        counts: { created: 2, configured: 4, deleted: 1, skipped: 3, failed: 5, unchanged: 9 },
        stages: { source: 200, apply: 600, health: 500 },
      })

      t.equal(
        describeSync(record),
        '2 created, 4 configured, 1 pruned, 3 skipped, 5 failed, healthy in 1.3 s',
      )
    },
  )

  await t.test('a count of zero is not told, and nothing at all is', async (t) => {
    const record = aSyncRecord({ counts: { created: 0 }, health: 'Unknown' })

    t.equal(describeSync(record), 'nothing to change')
  })

  await t.test('drift is told by whether it was healed', async (t) => {
    const record = aSyncRecord({
      counts: {},
      drift: [aDrift(true), aDrift(false), aDrift(true)],
      health: 'Unknown',
    })

    t.equal(describeSync(record), '2 drifted and healed, 1 drifted')
  })

  await t.test('objects that are not healthy are told without a time', async (t) => {
    t.equal(
      describeSync(aSyncRecord({ counts: { created: 1 }, health: 'Progressing' })),
      '1 created, progressing',
    )
  })

  await t.test('a sync under way tells no health yet', async (t) => {
    t.equal(
      describeSync(aSyncRecord({ phase: 'Running', counts: { created: 1 }, health: 'Healthy' })),
      '1 created',
    )
  })

  await t.test('a failure is its own text', async (t) => {
    const failure = {
      code: 'RENDER_FAILED',
      stage: 'render',
      text: 'app.yaml:3: not a mapping',
      subjects: [],
    } as const

    t.equal(describeSync(aSyncRecord({ failure })), 'app.yaml:3: not a mapping')
  })
})
