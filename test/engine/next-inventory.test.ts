import { test } from 'tap'
import { emptyInventory } from '../../src/domain/inventory.ts'
import {
  confirmed,
  fenceInventory,
  unconfirmed,
  withRecord,
} from '../../src/engine/next-inventory.ts'
import { baselineOf } from '../../src/engine/verdict.ts'
import { aSyncRecord } from '../support/a-sync-record.ts'
import {
  aConfigMap,
  aDeployment,
  desiredOf,
  fields,
  inventoryOf,
  managed,
  ownedBy,
} from '../support/objects.ts'

const a = desiredOf(aConfigMap('a'))
const b = desiredOf(aConfigMap('b'))

test('the inventory before the first write', async (t) => {
  await t.test('has all that was ours and all that will be, under the new sync', async (t) => {
    const inventory = { ...inventoryOf([a]), revision: 'old', syncId: 'first' }

    const fence = fenceInventory(inventory, [a, b], 'second')

    t.strictSame(fence, {
      ...inventory,
      entries: [...inventory.entries, unconfirmed(b)],
      syncId: 'second',
    })
  })

  await t.test('knows an object by its identity, whatever its version', async (t) => {
    const upgraded = { ...a, ref: { ...a.ref, version: 'v2' } }
    const inventory = inventoryOf([a])

    t.strictSame(fenceInventory(inventory, [upgraded], 'x').entries, inventory.entries)
  })
})

test('an entry', async (t) => {
  await t.test(
    'of a write that was not confirmed names the object and knows nothing',
    async (t) => {
      t.strictSame(unconfirmed(a), {
        ...a.ref,
        uid: '',
        hash: '',
        seal: '',
        generation: 0,
        resourceVersion: '',
      })
    },
  )

  await t.test('of a confirmed write has what the answer showed and what was sent', async (t) => {
    const live = managed(aDeployment(), [ownedBy('landfall', fields('f:spec f:replicas'))])
    const desired = desiredOf(aDeployment())

    t.strictSame(confirmed(desired, live), {
      ...desired.ref,
      ...baselineOf(live),
      hash: desired.hash,
    })
  })
})

test('the history', async (t) => {
  await t.test('has the newest record first, and twenty at most', async (t) => {
    const old = Array.from({ length: 20 }, (_, index) => aSyncRecord({ id: String(index) }))
    const record = aSyncRecord({ id: 'new' })

    const { history } = withRecord({ ...emptyInventory, history: old }, record)

    t.equal(history.length, 20)
    t.strictSame(
      history.map(({ id }) => id),
      ['new', ...old.slice(0, 19).map(({ id }) => id)],
    )
  })

  await t.test('has one record of each sync, the last one told', async (t) => {
    const running = aSyncRecord({ id: 'x', phase: 'Running' })
    const ended = aSyncRecord({ id: 'x', phase: 'Succeeded' })
    const inventory = { ...emptyInventory, history: [aSyncRecord({ id: 'y' }), running] }

    const { history } = withRecord(inventory, ended)

    t.strictSame(
      history.map(({ id, phase }) => `${id} ${phase}`),
      ['x Succeeded', 'y Succeeded'],
    )
  })
})
