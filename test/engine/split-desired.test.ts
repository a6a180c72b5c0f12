import fc from 'fast-check'
import { test } from 'tap'
import { emptyInventory } from '../../src/domain/inventory.ts'
import { refKey } from '../../src/domain/kube-object.ts'
import { decidePrune } from '../../src/engine/prune-policy.ts'
import { splitDesired } from '../../src/engine/split-desired.ts'
import { aConfigMap, desiredOf, entryOf, inventoryOf } from '../support/objects.ts'

const a = desiredOf(aConfigMap('a'))
const b = desiredOf(aConfigMap('b'))

const someObjects = fc
  .uniqueArray(fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd', 'e'), value: fc.string() }), {
    selector: ({ name }) => name,
  })
  .map((all) => all.map(({ name, value }) => desiredOf(aConfigMap(name, { value }))))

test('splitting what Git wants by what was applied', async (t) => {
  await t.test('with nothing applied all is new', async (t) => {
    t.strictSame(splitDesired([a, b], emptyInventory), {
      added: [a, b],
      changed: [],
      kept: [],
      ahead: [],
      removed: [],
      ignored: [],
    })
  })

  await t.test('another content or another version is changed', async (t) => {
    const edited = desiredOf(aConfigMap('a', { a: '2' }))
    const upgraded = { ...b, ref: { ...b.ref, version: 'v2' } }

    const { changed, removed } = splitDesired([edited, upgraded], inventoryOf([a, b]))

    t.strictSame(
      changed.map(({ desired, entry }) => [desired, entry.name]),
      [
        [edited, 'a'],
        [upgraded, 'b'],
      ],
    )
    t.strictSame(removed, [])
  })

  await t.test('of an older commit, what differs is ahead of it and not changed', async (t) => {
    const older = desiredOf(aConfigMap('a', { a: '0' }))

    const split = splitDesired([older, b], inventoryOf([a, b]), { isHealOnly: true })

    t.match(split, { changed: { length: 0 }, ahead: [{ desired: older }], kept: [{ desired: b }] })
  })

  await t.test('a write that was never confirmed is new', async (t) => {
    const inventory = { ...emptyInventory, entries: [entryOf(a.object, { hash: '' })] }

    t.strictSame(splitDesired([a], inventory).added, [a])
  })

  await t.test('what Git no longer has is removed', async (t) => {
    const { removed, kept } = splitDesired([b], inventoryOf([a, b]))

    t.strictSame(removed.map(refKey), [refKey(a.ref)])
    t.equal(kept.length, 1)
  })

  await t.test('an object annotated to be ignored is neither written nor removed', async (t) => {
    const annotations = { 'landfall.dev/sync': 'ignore' }
    const object = { ...a.object, metadata: { ...a.object.metadata, annotations } }
    const ignored = desiredOf(object)

    t.match(splitDesired([ignored], inventoryOf([a])), {
      added: { length: 0 },
      changed: { length: 0 },
      kept: { length: 0 },
      removed: { length: 0 },
      ignored: [ignored],
    })
  })

  await t.test('what was applied and is wanted again is kept whole', async (t) => {
    const property = fc.property(someObjects, (all) => {
      const { added, changed, kept, removed, ignored } = splitDesired(all, inventoryOf(all))
      const rest = [added, changed, removed, ignored].flat()
      return rest.length === 0 && kept.every(({ desired }, index) => desired === all[index])
    })

    t.doesNotThrow(() => fc.assert(property))
  })

  await t.test('every wanted object is in one part, every other entry is removed', async (t) => {
    const property = fc.property(someObjects, someObjects, (wanted, applied) => {
      const split = splitDesired(wanted, inventoryOf(applied))
      const known = [...split.changed, ...split.kept].map(({ desired }) => desired)
      const keys = [...split.added, ...known].map(({ ref }) => refKey(ref)).sort()
      const gone = applied.filter(
        ({ ref }) => !wanted.some((item) => refKey(item.ref) === refKey(ref)),
      )
      return (
        keys.join() ===
          wanted
            .map(({ ref }) => refKey(ref))
            .sort()
            .join() &&
        split.removed.map(refKey).join() === gone.map(({ ref }) => refKey(ref)).join()
      )
    })

    t.doesNotThrow(() => fc.assert(property))
  })

  await t.test('E8: pruning names no object outside the inventory, and none Git has', async (t) => {
    const property = fc.property(
      someObjects,
      someObjects,
      fc.boolean(),
      fc.boolean(),
      (wanted, applied, enabled, allowed) => {
        const inventory = inventoryOf(applied)
        const { removed } = splitDesired(wanted, inventory)
        const decision = decidePrune({
          inventory: inventory.entries,
          removed,
          declared: wanted.length,
          enabled,
          allowed,
        })
        const pruned = decision.kind === 'prune' ? decision.entries : []
        return pruned.every(
          (entry) =>
            inventory.entries.includes(entry) &&
            !wanted.some(({ ref }) => refKey(ref) === refKey(entry)),
        )
      },
    )

    t.doesNotThrow(() => fc.assert(property))
  })
})
