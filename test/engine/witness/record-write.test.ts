import { test } from 'tap'
import { createMask } from '../../../src/engine/mask-secret.ts'
import { pass } from '../../../src/engine/witness/hand-edit.ts'
import { recordWrite } from '../../../src/engine/witness/record-write.ts'
import { aRequest } from '../../support/admission-requests.ts'
import { anApplication } from '../../support/an-application.ts'
import { aDeployment, entryOf } from '../../support/objects.ts'

const mask = createMask(Buffer.alloc(32, 1))
const path = '/spec/template/spec/containers/0/env/0/value'

function recorded(masksValues: boolean, values = { before: 'old', after: 'canary' }, count = 1) {
  const { handEdits, ...rest } = anApplication()
  const application = { ...rest, handEdits: { ...handEdits, masksValues } }
  const fields = Array.from({ length: count }, () => ({ path, ...values }))
  return recordWrite({
    request: aRequest({
      manager: 'kubectl-set',
      groups: ['system:authenticated', 'on-call'],
      before: aDeployment({ metadata: { ...aDeployment().metadata, uid: 'u7' } }),
    }),
    managed: { application, entry: entryOf(aDeployment()) },
    judgement: { fields, isDrift: true, hand: 'person' },
    decision: pass,
    cluster: 'prod',
    mask,
    now: 0,
  })
}

test('what a change is remembered by', async (t) => {
  await t.test('is who did it, with what, and each field before and after', async (t) => {
    t.match(recorded(false), {
      id: 'request-1',
      uid: 'u7',
      at: '1970-01-01T00:00:00.000Z',
      user: 'ann@example.com',
      groups: ['on-call'],
      verb: 'update',
      manager: 'kubectl-set',
      fields: [{ path, before: 'old', after: 'canary' }],
    })
  })

  await t.test('has marks for values where any field may hold a secret', async (t) => {
    const { fields } = recorded(true)
    t.match(fields, [{ path, before: /^«secret [0-9a-f]{8}»$/, after: /^«secret / }])
    t.not(fields[0]?.before, fields[0]?.after)
    t.notMatch(JSON.stringify(recorded(true)), /canary/)
  })

  await t.test('is bounded: 20 fields, and of a long value its beginning', async (t) => {
    const { fields } = recorded(false, { before: '', after: 'x'.repeat(10_000) }, 100)
    t.equal(fields.length, 20)
    t.ok(String(fields[0]?.after).length <= 501)
  })
})
