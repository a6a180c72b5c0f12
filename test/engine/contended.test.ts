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

  await t.test(
    'a program that removes a field is left alone where a witness names it',
    async (t) => {
      const fields = [{ path: '/data/l', desired: '1', live: undefined }]
      const removal = aDrift(undefined, '', { fields })
      const by = (manager: string) => {
        const user = `system:serviceaccount:shop:${manager}`
        const named = { manager, operation: 'Update', time: undefined, user } as const
        return { ...removal, offender: { ...named, witnessed: 'r1', unrecorded: true } as const }
      }

      t.equal(after(2, by('bot')).held(removal), undefined)
      t.match(after(3, by('bot')).held(removal), {
        contended: true,
        message:
          /^contended: system:serviceaccount:shop:bot removed \/data\/l again after each of 3/,
      })
      t.equal(after(9, by('kubectl-patch')).held(removal), undefined)
      t.ok(after(10, by('kubectl-patch')).held(removal))
    },
  )

  await t.test('a removal of which nobody knows the author may be a person’s', async (t) => {
    const fields = [{ path: '/data/l', desired: '1', live: undefined }]
    const removal = aDrift(undefined, '', { fields })

    t.equal(after(9, removal).held(removal), undefined)
    t.match(after(10, removal).held(removal), {
      message: /^contended: somebody whom Kubernetes does not record removed .*; stop it, or/,
    })
  })

  await t.test('a value of which nobody knows the author is a program’s', async (t) => {
    const drift = aDrift(undefined)

    t.ok(after(3, drift).held(drift))
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
