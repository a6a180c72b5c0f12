import { test } from 'tap'
import { syncAnswer } from '../../src/cli/answers.ts'
import { tellDrift } from '../../src/cli/drift-lines.ts'
import type { Paint } from '../../src/cli/output.ts'
import { aSyncRecord } from '../support/a-sync-record.ts'
import { aDrift } from '../support/witness-records.ts'

const plain: Paint = (_style, text) => text

/** As the command gets it. */
function told(drift: Parameters<typeof aDrift>[0]): readonly string[] {
  const record = aSyncRecord({ drift: [aDrift(drift)] })
  const answer = syncAnswer.parse(JSON.parse(JSON.stringify(record)))
  return answer.drift.flatMap((one) => tellDrift(one, plain))
}

test('drift for people', async (t) => {
  await t.test('says what was done, by whom, and each field', async (t) => {
    t.strictSame(told({}), [
      '  Deployment shop/web: changed by kubectl-edit at 2026-01-01T00:00:00Z; healed',
      '    /spec/replicas: 5 → 3',
    ])
  })

  await t.test('says, where somebody undoes each heal, who does and how to end that', async (t) => {
    const message = 'contended: bot set /spec/replicas again after each of 3 heals; stop bot'

    t.strictSame(told({ healed: false, contended: true, message, offender: null }), [
      `  Deployment shop/web: ${message}; not healed`,
      '    /spec/replicas: 5 → 3',
    ])
  })
})
