import { test } from 'tap'
import type { ListQuery, ObjectClient, ObjectList } from '../../../src/cluster/cluster.ts'
import { StageError } from '../../../src/domain/error.ts'
import { emptyInventory } from '../../../src/domain/inventory.ts'
import { type KubeObject, refOf } from '../../../src/domain/kube-object.ts'
import type { WatchNote } from '../../../src/domain/watch-note.ts'
import { confirmed } from '../../../src/engine/next-inventory.ts'
import { sight } from '../../../src/engine/verdict.ts'
import { createWatchedApplications } from '../../../src/engine/watch/watched-applications.ts'
import { createWatchedKinds } from '../../../src/engine/watch/watched-kinds.ts'
import { holdTime } from '../../support/held-time.ts'
import { aDeployment, desiredOf, fields, managed, ownedBy } from '../../support/objects.ts'

const unserved = new StageError('PLAN_UNKNOWN_KIND', 'the cluster knows no such kind')
const deployment = managed(aDeployment(), [ownedBy('landfall', fields('f:spec f:replicas'))])

/** An application with one Deployment, whose kind is listed as the test has it. */
function aWatch(list: (query: ListQuery) => Promise<ObjectList>) {
  const time = holdTime(Date.parse('2026-01-01T00:00:00Z'))
  const woken: string[] = []
  const asked: number[] = []
  const endings: (() => void)[] = []
  let note: WatchNote | undefined
  const applications = createWatchedApplications({
    ...time,
    onWake: (_name, key) => woken.push(key),
    onNote(_name, told) {
      note = told
    },
  })
  const client: Pick<ObjectClient, 'list' | 'watch'> = {
    list(query) {
      asked.push(time.clock.now())
      return list(query)
    },
    async *watch(query, { signal }) {
      // Refused as its lists are.
      const { resourceVersion } = await list(query)
      yield { type: 'BOOKMARK', resourceVersion }
      await new Promise<void>((resolve) => {
        endings.push(resolve)
        signal.addEventListener('abort', () => resolve())
      })
    },
  }
  const kinds = createWatchedKinds({
    ...time,
    client,
    applications,
    seenOf: (object) => ({
      ref: refOf(object),
      sighting: sight(object, [], []),
      health: undefined,
      isOurs: false,
      oursAt: '',
    }),
    hasHealth: () => false,
    onTrouble: () => {},
  })
  const own = (objects: readonly KubeObject[]) => {
    const entries = objects.map((object) => confirmed(desiredOf(object), object))
    applications.setInventory('shop', { ...emptyInventory, resourceVersion: '7', entries })
    kinds.update()
  }
  const endWatches = () => {
    for (const end of endings.splice(0)) end()
  }
  return { time, kinds, own, woken, asked, note: () => note, endWatches }
}

const listOf = (...items: readonly KubeObject[]): ObjectList => ({ resourceVersion: '1', items })

test('a kind that is watched', async (t) => {
  await t.test('is asked for again soon, and later and later, until it is served', async (t) => {
    const { time, own, woken, asked, note } = aWatch(async () => {
      if (asked.length < 4) throw unserved
      return listOf(deployment)
    })
    own([deployment])
    await time.pass(7_000)

    t.strictSame(
      asked.map((at) => at - (asked[0] ?? 0)),
      [0, 1_000, 3_000, 7_000],
    )
    t.strictSame(woken, [], 'nothing is missing of a kind that is not served')
    t.ok(note())
  })

  await t.test('is asked for at once when a definition changes, then soon again', async (t) => {
    const { time, kinds, own, asked } = aWatch(() => Promise.reject(unserved))
    own([deployment])
    await time.pass(3_600_000)
    const before = asked.length
    const now = time.clock.now()
    kinds.askAgain()
    await time.pass(3_000)

    t.ok(before < 30, 'at most every five minutes in the end')
    t.strictSame(asked.slice(before), [now, now + 1_000, now + 3_000])
    kinds.stop()
    await time.pass(0)
    t.equal(time.pending(), 0)
  })

  await t.test('is not certain any more when it is not served any more', async (t) => {
    let isServed = true
    const { time, own, woken, note, endWatches } = aWatch(async () => {
      if (isServed) return listOf(deployment)
      throw unserved
    })
    own([deployment])
    await time.pass(1_000)
    t.ok(note())

    isServed = false
    endWatches()
    await time.pass(1_000)
    t.equal(note(), undefined)
    t.strictSame(woken, [])
  })

  await t.test('is known by its newest watch, however late an older one ends', async (t) => {
    const slow = Promise.withResolvers<ObjectList>()
    const { time, own, asked, note } = aWatch(() =>
      asked.length === 1 ? slow.promise : Promise.resolve(listOf(deployment)),
    )
    own([deployment])
    await time.pass(0)
    own([])
    own([deployment])
    await time.pass(0)
    t.ok(note())

    slow.resolve(listOf())
    await time.pass(0)
    t.ok(note())
  })
})
