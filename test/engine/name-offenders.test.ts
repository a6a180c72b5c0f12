import { test } from 'tap'
import type { Drift } from '../../src/domain/drift.ts'
import type { KeptWitnessRecord } from '../../src/domain/witness-record.ts'
import { hasCaused, nameOffenders } from '../../src/engine/name-offenders.ts'
import { aDrift, aWitnessRecord } from '../support/witness-records.ts'

async function named(drift: Drift, ...records: readonly KeptWitnessRecord[]): Promise<Drift> {
  const [told] = await nameOffenders(async () => records, 'web', [drift])
  if (told === undefined) throw new Error('the drift is gone')
  return told
}

test('drift that was witnessed', async (t) => {
  await t.test('names the user, and keeps what managedFields tell', async (t) => {
    t.match(await named(aDrift(), aWitnessRecord()), {
      offender: {
        manager: 'kubectl-edit',
        operation: 'Update',
        user: 'ann@example.com',
        groups: ['on-call'],
        witnessed: 'r1',
      },
      message: '/spec/replicas changed by ann@example.com with kubectl-edit',
    })
  })

  await t.test('names who deleted an object, of which Kubernetes records no author', async (t) => {
    const drift = aDrift({ type: 'missing', fields: [], offender: null })
    const record = aWitnessRecord({ verb: 'delete', fields: [], manager: undefined })

    t.match(await named(drift, record), {
      offender: { manager: 'unknown', operation: 'Delete', user: 'ann@example.com' },
      message: 'deleted by ann@example.com at 2026-01-01T00:00:00.000Z',
    })
  })

  await t.test('names who removed a field', async (t) => {
    const told = await named(aDrift({ offender: null }), aWitnessRecord())
    t.match(told.offender, { manager: 'kubectl-edit', user: 'ann@example.com', unrecorded: true })
    t.equal((await named(aDrift(), aWitnessRecord())).offender?.unrecorded, undefined)
  })

  await t.test('of two changes names the newest of the same field', async (t) => {
    const other = aWitnessRecord({
      id: 'r3',
      fields: [{ path: '/metadata/labels/a', before: undefined, after: '1' }],
    })
    const newer = aWitnessRecord({ id: 'r2', user: 'bob' })
    t.match((await named(aDrift(), other, newer, aWitnessRecord())).offender, { witnessed: 'r2' })
  })

  await t.test('a field of a list is the same, wherever the item stands', async (t) => {
    const at = (index: number) => `/spec/template/spec/containers/0/env/${index}/value`
    const drift = aDrift({ fields: [{ path: at(1), desired: undefined, live: 'x' }] })
    const record = aWitnessRecord({ fields: [{ path: at(0), before: undefined, after: 'x' }] })
    t.match((await named(drift, record)).offender, { witnessed: 'r1' })
  })

  await t.test('is named by no record of another object, verb, time or outcome', async (t) => {
    const others = [
      aWitnessRecord({ ref: { ...aWitnessRecord().ref, name: 'api' } }),
      aWitnessRecord({ verb: 'delete' }),
      aWitnessRecord({ outcome: 'denied' }),
      aWitnessRecord({ heal: { sync: 's', at: '2026-01-01T00:00:01Z' } }),
      aWitnessRecord({
        pod: {
          namespace: 'shop',
          name: 'p',
          uid: 'u',
          container: undefined,
          image: undefined,
          command: undefined,
        },
      }),
    ]
    for (const record of others) t.equal(hasCaused(record, aDrift()), false)
    t.strictSame(await named(aDrift(), ...others), aDrift())
  })

  await t.test('an earlier hand is not blamed for a later one', async (t) => {
    const later = (manager: string, time: string) =>
      named(aDrift({ offender: { manager, operation: 'Update', time } }), aWitnessRecord())
    t.match((await later('kubectl-edit', '2026-01-01T00:00:20Z')).offender, { witnessed: 'r1' })
    t.equal((await later('kubectl-edit', '2026-01-01T00:05:00Z')).offender?.user, undefined)
    t.equal((await later('k9s', '2026-01-01T00:00:00Z')).offender?.user, undefined)
  })

  await t.test('stays as it is where the records cannot be read', async (t) => {
    const broken = () => Promise.reject(new Error('redis is away'))
    t.strictSame(await nameOffenders(broken, 'web', [aDrift()]), [aDrift()])
    t.strictSame(await nameOffenders(undefined, 'web', [aDrift()]), [aDrift()])
  })

  await t.test('that is contended keeps what is said of that', async (t) => {
    const drift = aDrift({ contended: true, message: 'somebody undoes each heal' })
    t.match(await named(drift, aWitnessRecord()), {
      message: 'somebody undoes each heal',
      offender: { user: 'ann@example.com' },
    })
  })
})
