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

  await t.test('a list without names is compared by position', async (t) => {
    t.strictSame(diffObjects({ args: ['a', 'b'] }, { args: ['a', 'c', 'd'] }), [
      { path: '/args/1', before: 'b', after: 'c' },
      { path: '/args/2', before: undefined, after: 'd' },
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
