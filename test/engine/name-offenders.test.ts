import { test } from 'tap'
import type { Drift } from '../../src/domain/drift.ts'
import type { WitnessRecord } from '../../src/domain/witness-record.ts'
import { nameOffenders } from '../../src/engine/name-offenders.ts'
import { aDeployment, entryOf } from '../support/objects.ts'
import { aDrift, aWitnessRecord } from '../support/witness-records.ts'

const known = { application: 'web', entries: [{ ...entryOf(aDeployment()), uid: 'u1' }] }

async function named(drift: Drift, ...records: readonly WitnessRecord[]): Promise<Drift> {
  const [told] = await nameOffenders(async () => records, [drift], known)
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
    const record = aWitnessRecord({ verb: 'delete', fields: [], manager: undefined, uid: 'u1' })

    t.match(await named(drift, record), {
      offender: { manager: 'unknown', operation: 'Delete', user: 'ann@example.com' },
      message: 'deleted by ann@example.com at 2026-01-01T00:00:00.000Z',
    })
  })

  await t.test('names nobody who deleted another object of that name', async (t) => {
    const drift = aDrift({ type: 'missing', fields: [], offender: null })
    for (const uid of ['u0', undefined]) {
      const other = { verb: 'delete', fields: [], ...(uid !== undefined && { uid }) } as const
      t.strictSame(await named(drift, aWitnessRecord(other)), drift)
    }
    const unknown = { application: 'web', entries: [] }
    const records = async () => [aWitnessRecord({ verb: 'delete', fields: [] })]
    t.strictSame(await nameOffenders(records, [drift], unknown), [drift])
  })

  const path = '/metadata/labels/team'
  const removed = aDrift({
    fields: [{ path, desired: 'blue', live: undefined }],
    offender: null,
  })

  await t.test('names who removed a field', async (t) => {
    const record = aWitnessRecord({ fields: [{ path, before: 'blue', after: undefined }] })
    t.match((await named(removed, record)).offender, {
      manager: 'kubectl-edit',
      user: 'ann@example.com',
      unrecorded: true,
    })
    t.equal((await named(aDrift(), aWitnessRecord())).offender?.unrecorded, undefined)
  })

  await t.test('names nobody for a removed field who had changed it before', async (t) => {
    const record = aWitnessRecord({ fields: [{ path, before: 'blue', after: 'red' }] })
    t.strictSame(await named(removed, record), removed)
  })

  await t.test('names nobody for a scale who had scaled to another number', async (t) => {
    const scaled = { manager: 'kubectl', operation: 'Update', time: undefined } as const
    const drift = (live: number) =>
      aDrift({ fields: [{ path: '/spec/replicas', desired: 3, live }], offender: scaled })
    const record = aWitnessRecord({ verb: 'scale', manager: undefined })

    t.match((await named(drift(5), record)).offender, { user: 'ann@example.com' })
    t.strictSame(await named(drift(9), record), drift(9))
  })

  await t.test('that cannot be compared keeps its reason', async (t) => {
    const drift = aDrift({ fields: [], offender: null, message: 'cannot be compared: it is odd' })
    t.strictSame(
      await named(drift, aWitnessRecord(), aWitnessRecord({ verb: 'create', fields: [] })),
      drift,
    )
  })

  await t.test('names who made the object again with another value', async (t) => {
    const record = aWitnessRecord({ verb: 'create', fields: [] })
    t.match((await named(aDrift(), record)).offender, { witnessed: 'r1' })
  })

  await t.test('that was named before stays as it is', async (t) => {
    const before = await named(
      removed,
      aWitnessRecord({ fields: [{ path, before: 'blue', after: undefined }] }),
    )
    t.strictSame(
      await named(
        before,
        aWitnessRecord({ id: 'r2', fields: [{ path, before: 'blue', after: undefined }] }),
      ),
      before,
    )
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
    for (const record of others) t.strictSame(await named(aDrift(), record), aDrift())
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
    t.strictSame(await nameOffenders(broken, [aDrift()], known), [aDrift()])
    t.strictSame(await nameOffenders(undefined, [aDrift()], known), [aDrift()])
  })

  await t.test('that is contended keeps what is said of that', async (t) => {
    const drift = aDrift({ contended: true, message: 'somebody undoes each heal' })
    t.match(await named(drift, aWitnessRecord()), {
      message: 'somebody undoes each heal',
      offender: { user: 'ann@example.com' },
    })
  })
})
