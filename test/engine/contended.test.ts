import { test } from 'tap'
import type { Drift } from '../../src/domain/drift.ts'
import { refOf } from '../../src/domain/kube-object.ts'
import { findContention } from '../../src/engine/contended.ts'
import { aSyncRecord } from '../support/a-sync-record.ts'
import { aDeployment } from '../support/objects.ts'

const now = '2026-01-01T00:10:00.000Z'

function aDrift(
  manager: string | undefined,
  path = '/spec/replicas',
  drift: Partial<Drift> = {},
): Drift {
  return {
    ref: refOf(aDeployment()),
    type: 'declared',
    fields: [{ path, desired: 3, live: 5 }],
    offender: manager === undefined ? null : { manager, operation: 'Update', time: undefined },
    message: 'changed',
    healed: true,
    ...drift,
  }
}

function after(heals: number, drift: Drift, startedAt = '2026-01-01T00:05:00.000Z') {
  const history = Array.from({ length: heals }, () => aSyncRecord({ startedAt, drift: [drift] }))
  return findContention(history, now)
}

test('who undoes heals', async (t) => {
  await t.test(
    'a program that sets a field again after three heals is left alone, by name',
    async (t) => {
      const drift = aDrift('vpa-updater')

      t.equal(after(2, drift).held(drift), undefined)
      t.match(after(3, drift).held(drift), {
        healed: false,
        contended: true,
        message: /^contended: vpa-updater set \/spec\/replicas again after each of 3 heals/,
      })
    },
  )

  await t.test("a person's client may do so ten times", async (t) => {
    const drift = aDrift('kubectl-edit')

    t.equal(after(9, drift).held(drift), undefined)
    t.ok(after(10, drift).held(drift))
  })

  await t.test('another field, another program and another object are healed', async (t) => {
    const contention = after(3, aDrift('vpa-updater'))

    t.equal(contention.held(aDrift('vpa-updater', '/spec/paused')), undefined)
    t.equal(contention.held(aDrift('other')), undefined)
    const ref = { ...refOf(aDeployment()), name: 'api' }
    t.equal(contention.held(aDrift('vpa-updater', '/spec/replicas', { ref })), undefined)
  })

  await t.test('what is deleted is made again, however often', async (t) => {
    const gone = aDrift(undefined, '', { type: 'missing', fields: [] })

    t.equal(after(20, gone).held(gone), undefined)
  })

  await t.test('ten minutes later it is healed again', async (t) => {
    const drift = aDrift('vpa-updater')

    t.equal(after(3, drift, '2025-12-31T23:59:59.000Z').held(drift), undefined)
  })

  await t.test('heals that did not happen do not count', async (t) => {
    t.equal(
      after(3, aDrift('vpa-updater', '/x', { healed: false })).held(aDrift('vpa-updater', '/x')),
      undefined,
    )
  })
})
