import { test } from 'tap'
import type { Health } from '../../../src/domain/health.ts'
import { emptyInventory, type Inventory } from '../../../src/domain/inventory.ts'
import { type KubeObject, refKey, refOf } from '../../../src/domain/kube-object.ts'
import type { SyncRecord } from '../../../src/domain/sync.ts'
import type { WatchNote } from '../../../src/domain/watch-note.ts'
import { confirmed } from '../../../src/engine/next-inventory.ts'
import { sight } from '../../../src/engine/verdict.ts'
import type { Seen } from '../../../src/engine/watch/seen.ts'
import { createWatchedApplications } from '../../../src/engine/watch/watched-applications.ts'
import { aSyncRecord } from '../../support/a-sync-record.ts'
import { holdTime } from '../../support/held-time.ts'
import { aDeployment, desiredOf, fields, managed, ownedBy } from '../../support/objects.ts'

const everywhere = { group: 'apps', kind: 'Deployment', namespace: undefined }
const start = Date.parse('2026-01-01T00:00:00Z')

function web(
  name: string,
  metadata: Partial<KubeObject['metadata']> = {},
  seal = 'f:spec f:replicas',
) {
  const object = aDeployment()
  return managed({ ...object, metadata: { ...object.metadata, name, uid: name, ...metadata } }, [
    ownedBy('landfall', fields(seal)),
  ])
}

function seenOf(object: KubeObject, more: Partial<Seen> = {}): Seen {
  return {
    ref: refOf(object),
    sighting: sight(object, [], []),
    health: undefined,
    isOurs: false,
    oursAt: '',
    ...more,
  }
}

function inventoryOf(objects: readonly KubeObject[], latest?: Partial<SyncRecord>): Inventory {
  const entries = objects.map((object) => confirmed(desiredOf(object), object))
  const history = latest === undefined ? [] : [aSyncRecord(latest)]
  return { ...emptyInventory, resourceVersion: '7', entries, history }
}

/** An application whose objects are as they were applied, with all of them seen. */
async function aWatch(objects: readonly KubeObject[] = [web('web'), web('api')]) {
  const time = holdTime(start)
  const woken: string[] = []
  let note: WatchNote | undefined
  const watch = createWatchedApplications({
    ...time,
    onWake: (name) => woken.push(name),
    onNote: (_name, told) => {
      note = told
    },
  })
  const see = (object: KubeObject, more: Partial<Seen> = {}) => {
    watch.see(refOf(object), seenOf(object, more))
  }
  const setAll = (all: readonly KubeObject[]) => {
    watch.setAll(everywhere, new Map(all.map((one) => [refKey(refOf(one)), seenOf(one)])))
  }
  watch.setInventory('shop', inventoryOf(objects))
  setAll(objects)
  // Until what it was told is old.
  await time.pass(1_000)
  return { watch, see, setAll, time, note: () => note, takeWoken: () => woken.splice(0) }
}

test('an application that is watched', async (t) => {
  await t.test('is told to be well, or that something is not', async (t) => {
    const { see, note } = await aWatch()
    const tell = (health: Health) => {
      see(web('web'), { health })
      return note()?.isWell
    }

    t.strictSame((['Healthy', 'Degraded', 'Progressing', 'Suspended'] as const).map(tell), [
      true,
      false,
      false,
      true,
    ])
  })

  await t.test('sleeps while its objects are as they were applied', async (t) => {
    const { see, note, takeWoken } = await aWatch()
    see(web('web', { resourceVersion: '99' }))

    t.strictSame(takeWoken(), [])
    t.strictSame(note(), { inventory: '7', suspects: [], isWell: true })
  })

  await t.test('wakes at once for a declared field, a generation and a deletion', async (t) => {
    const { watch, see, note, takeWoken } = await aWatch()
    see(web('web', {}, 'f:spec f:selector'))
    t.strictSame(takeWoken(), ['shop'])
    t.equal(note()?.suspects.length, 1, 'a rule may allow it')

    see(web('web'))
    see(web('web', { generation: 2 }))
    t.strictSame(takeWoken(), ['shop'])
    t.equal(note()?.suspects.length, 1)

    see(web('web'))
    watch.lose(refOf(web('web')))
    t.strictSame(takeWoken(), ['shop'])
    t.equal(note(), undefined)
  })

  await t.test('wakes once for one change, however often it is seen', async (t) => {
    const { see, takeWoken } = await aWatch()
    for (const resourceVersion of ['11', '12', '13'])
      see(web('web', { generation: 2, resourceVersion }))

    t.strictSame(takeWoken(), ['shop'])
  })

  await t.test('wakes for what is missing from a list', async (t) => {
    const { setAll, takeWoken } = await aWatch()
    setAll([web('web')])

    t.strictSame(takeWoken(), ['shop'])
  })

  await t.test('is judged when its sync has written all, and not before', async (t) => {
    const { watch, see, note, takeWoken } = await aWatch()
    const changed = web('web', { generation: 2 })
    watch.setInventory(
      'shop',
      inventoryOf([web('web'), web('api')], { phase: 'Running', stages: {} }),
    )
    see(changed)
    t.strictSame(takeWoken(), [])
    t.equal(note(), undefined)

    watch.setInventory(
      'shop',
      inventoryOf([changed, web('api')], { phase: 'Running', stages: { apply: 9 } }),
    )
    t.strictSame(takeWoken(), [])
    t.ok(note())
  })

  await t.test('gives its own write a second to be explained by the inventory', async (t) => {
    const { watch, see, time, takeWoken } = await aWatch()
    const changed = web('web', { generation: 2 })
    see(changed, { isOurs: true })
    watch.setInventory('shop', inventoryOf([changed, web('api')]))
    await time.pass(5_000)
    t.strictSame(takeWoken(), [])

    see(web('web', { generation: 3 }), { isOurs: true })
    await time.pass(999)
    t.strictSame(takeWoken(), [])
    await time.pass(1)
    t.strictSame(takeWoken(), ['shop'])
  })

  await t.test('wakes at once where its field is gone and its own entry is as old', async (t) => {
    const { see, time, takeWoken } = await aWatch()
    see(web('web'), { oursAt: '10:00:00' })
    see(web('web', { generation: 2 }, 'f:spec'), { isOurs: true, oursAt: '10:00:00' })
    t.strictSame(takeWoken(), ['shop'])

    see(web('web'), { oursAt: '10:00:00' })
    see(web('web', { generation: 3 }, 'f:spec'), { isOurs: true, oursAt: '10:00:01' })
    t.strictSame(takeWoken(), [], 'this one is an apply of ours')
    await time.pass(1_000)
    t.strictSame(takeWoken(), ['shop'])
  })

  await t.test('waits for events that are slower than its inventory, and no longer', async (t) => {
    const { watch, see, time, takeWoken } = await aWatch()
    const written = web('web', { generation: 2, resourceVersion: '20' })
    const added = web('new', { resourceVersion: '21' })
    watch.setInventory('shop', inventoryOf([written, web('api'), added]))
    t.strictSame(takeWoken(), [], 'what is seen is older')
    see(written)
    see(added)
    await time.pass(5_000)
    t.strictSame(takeWoken(), [])

    watch.setInventory(
      'shop',
      inventoryOf([web('web', { resourceVersion: '30', generation: 4 }), web('api')]),
    )
    see(web('web', { generation: 5, resourceVersion: '31' }))
    t.strictSame(takeWoken(), ['shop'], 'what is seen is newer')
  })

  await t.test('is not certain of a kind that cannot be watched', async (t) => {
    const { watch, setAll, note } = await aWatch()
    watch.doubt(everywhere)
    t.equal(note(), undefined)

    setAll([web('web'), web('api')])
    t.ok(note())
  })

  await t.test('is not certain of anything without its inventory', async (t) => {
    const { watch, see, note, takeWoken } = await aWatch()
    watch.setInventory('shop', undefined)
    see(web('web', { generation: 2 }))

    t.equal(note(), undefined)
    t.strictSame(takeWoken(), [])
  })

  await t.test('wakes when its health turns, unless a sync follows that', async (t) => {
    const { watch, see, takeWoken } = await aWatch()
    const at = (health: Health) => see(web('web'), { health })
    at('Progressing')
    t.strictSame(takeWoken(), [], 'nothing was known before')
    at('Healthy')
    t.strictSame(takeWoken(), ['shop'])

    watch.setInventory(
      'shop',
      inventoryOf([web('web'), web('api')], { phase: 'Running', stages: { apply: 9 } }),
    )
    at('Progressing')
    t.strictSame(takeWoken(), [])
  })

  await t.test('waits longer and longer for who changes it without end', async (t) => {
    const { see, time, takeWoken } = await aWatch()
    let generation = 2
    const fight = () => {
      see(web('web', { generation }))
      generation += 1
    }
    for (let round = 0; round < 10; round += 1) fight()
    t.equal(takeWoken().length, 10)

    fight()
    t.strictSame(takeWoken(), [])
    await time.pass(2_000)
    t.strictSame(takeWoken(), ['shop'])
    fight()
    await time.pass(5_999)
    t.strictSame(takeWoken(), [])
    await time.pass(1)
    t.strictSame(takeWoken(), ['shop'])

    await time.pass(600_000)
    fight()
    t.strictSame(takeWoken(), ['shop'])
  })

  await t.test('leaves no timer behind', async (t) => {
    const { watch, see, time } = await aWatch()
    see(web('web', { generation: 2 }), { isOurs: true })
    watch.stop()

    t.equal(time.pending(), 0)
  })
})
