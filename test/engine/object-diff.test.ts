import fc from 'fast-check'
import { test } from 'tap'
import { diffObjects } from '../../src/engine/object-diff.ts'
import { aDeployment } from '../support/objects.ts'

test('diffing two answers of a server', async (t) => {
  await t.test('status and what the server counts do not differ', async (t) => {
    const before = aDeployment({ status: { replicas: 1 } })
    const after = aDeployment({
      metadata: { ...before.metadata, resourceVersion: '99', generation: 7 },
      status: { replicas: 3 },
    })

    t.strictSame(diffObjects(before, after), [])
  })

  await t.test('a changed value is named by its pointer', async (t) => {
    const before = { spec: { replicas: 5 } }
    const after = { spec: { replicas: 3 } }

    t.strictSame(diffObjects(before, after), [{ path: '/spec/replicas', before: 5, after: 3 }])
  })

  await t.test('a removed list item is one difference, and its neighbours none', async (t) => {
    const item = (name: string) => ({ name, value: name })
    const before = { env: [item('A'), item('B'), item('C')] }
    const after = { env: [item('A'), item('C')] }

    t.strictSame(diffObjects(before, after), [
      { path: '/env/1', before: item('B'), after: undefined },
    ])
  })

  await t.test('the same items in another order are one difference, of the list', async (t) => {
    const before = { initContainers: [{ name: 'a' }, { name: 'b' }] }
    const after = { initContainers: [{ name: 'b' }, { name: 'a' }] }

    t.strictSame(diffObjects(before, after), [
      {
        path: '/initContainers',
        before: before.initContainers,
        after: after.initContainers,
      },
    ])
  })

  await t.test('an item only the later list has is named by its place there', async (t) => {
    const before = { ports: [{ containerPort: 80 }] }
    const after = { ports: [{ containerPort: 53 }, { containerPort: 80 }] }

    t.strictSame(diffObjects(before, after), [
      { path: '/ports/0', before: undefined, after: { containerPort: 53 } },
    ])
  })

  await t.test('items of which two share a name are compared by position', async (t) => {
    const ports = (...numbers: number[]) => ({ ports: numbers.map((port) => ({ port })) })

    t.strictSame(diffObjects(ports(53, 53), ports(53, 80)), [
      { path: '/ports/1/port', before: 53, after: 80 },
    ])
  })

  await t.test(
    'items of one list that have no name of the other are compared by position',
    async (t) => {
      t.strictSame(diffObjects({ x: [{ name: 'a' }] }, { x: ['a'] }), [
        { path: '/x/0', before: { name: 'a' }, after: 'a' },
      ])
    },
  )

  await t.test('two different lists have a difference, whatever names their items', async (t) => {
    const names = fc.constantFrom('a', 'b', 'c')
    const items = fc.uniqueArray(fc.record({ name: names, value: fc.nat({ max: 1 }) }), {
      selector: ({ name }) => name,
    })
    const property = fc.property(items, items, (before, after) => {
      const same = JSON.stringify(before) === JSON.stringify(after)
      return (diffObjects({ env: before }, { env: after }).length === 0) === same
    })

    t.doesNotThrow(() => fc.assert(property, { numRuns: 300 }))
  })

  await t.test(
    'what is no object, and metadata that is none, are compared as they are',
    async (t) => {
      t.strictSame(diffObjects('a', 'b'), [{ path: '', before: 'a', after: 'b' }])
      t.strictSame(diffObjects({ metadata: 'a' }, { metadata: 'b' }), [
        { path: '/metadata', before: 'a', after: 'b' },
      ])
      t.strictSame(diffObjects(undefined, undefined), [])
    },
  )

  await t.test('a list without names is compared by position', async (t) => {
    t.strictSame(diffObjects({ args: ['a', 'b'] }, { args: ['a', 'c', 'd'] }), [
      { path: '/args/1', before: 'b', after: 'c' },
      { path: '/args/2', before: undefined, after: 'd' },
    ])
  })

  await t.test('a null in a list is not the end of the list', async (t) => {
    t.strictSame(diffObjects({ args: [null] }, { args: [] }), [
      { path: '/args/0', before: null, after: undefined },
    ])
  })

  await t.test('the difference of anything with itself is empty', async (t) => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        t.equal(diffObjects(value, structuredClone(value)).length, 0)
      }),
      { numRuns: 200 },
    )
  })

  await t.test('two values that differ have a difference', async (t) => {
    const object = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.jsonValue())
    fc.assert(
      fc.property(object, object, (before, after) => {
        const same = JSON.stringify(sorted(before)) === JSON.stringify(sorted(after))
        t.equal(diffObjects({ spec: before }, { spec: after }).length === 0, same)
      }),
      { numRuns: 300 },
    )
  })
})

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  )
}
