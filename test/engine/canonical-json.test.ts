import fc from 'fast-check'
import { test } from 'tap'
import { canonicalJson, hashOf, isRecord } from '../../src/engine/canonical-json.ts'

test('canonical JSON', async (t) => {
  await t.test('sorts keys at every depth and keeps the order of lists', async (t) => {
    t.equal(
      canonicalJson({ b: [{ d: 1, c: 2 }, 'x'], a: null }),
      '{"a":null,"b":[{"c":2,"d":1},"x"]}',
    )
  })

  await t.test('leaves an undefined field out; in a list, and alone, it is null', async (t) => {
    t.equal(canonicalJson({ a: undefined, b: 1 }), '{"b":1}')
    t.equal(canonicalJson([undefined]), '[null]')
    t.equal(canonicalJson(undefined), 'null')
  })

  await t.test('is JSON of the same value', async (t) => {
    const property = fc.property(fc.jsonValue(), (value) => {
      const plain = JSON.parse(JSON.stringify(value))
      t.strictSame(JSON.parse(canonicalJson(value)), plain)
    })

    fc.assert(property, { numRuns: 50 })
  })

  await t.test('is the same whatever order the keys were written in', async (t) => {
    const property = fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const turned = Object.fromEntries(Object.entries(value).toReversed())
      return canonicalJson(turned) === canonicalJson(value) && hashOf(turned) === hashOf(value)
    })

    t.doesNotThrow(() => fc.assert(property))
  })
})

test('a hash is 64 hex digits and another one for another value', async (t) => {
  t.match(hashOf({ a: 1 }), /^[0-9a-f]{64}$/)
  t.not(hashOf({ a: 1 }), hashOf({ a: '1' }))
})

test('a record is an object that is no list and not null', async (t) => {
  t.ok(isRecord({}))
  for (const other of [null, [], 'x', 1, undefined]) t.notOk(isRecord(other))
})
