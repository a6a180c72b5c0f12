import fc from 'fast-check'
import { test } from 'tap'
import { decodeEntries, encodeEntries } from '../../src/cluster/inventory-data.ts'
import type { InventoryEntry } from '../../src/domain/inventory.ts'
import { refKey } from '../../src/domain/kube-object.ts'

const word = fc.stringMatching(/^[a-z]{1,8}$/)

const entry: fc.Arbitrary<InventoryEntry> = fc.record({
  group: fc.oneof(fc.constant(''), word),
  version: word,
  kind: word,
  namespace: fc.oneof(fc.constant(''), word),
  name: word,
  uid: fc.uuid(),
  hash: fc.string(),
  seal: fc.string(),
  generation: fc.nat(),
  resourceVersion: fc.string(),
})

const entries = fc.uniqueArray(entry, { selector: refKey, maxLength: 30 })

test('what is written is read back, sorted', async (t) => {
  fc.assert(
    fc.property(entries, (set) => {
      const read = decodeEntries(encodeEntries(set)) ?? []
      t.same(read.map(refKey), set.map(refKey).sort())
      t.same(new Set(read), new Set(set))
    }),
    { numRuns: 30 },
  )
})

test('the same set has the same bytes in any order', async (t) => {
  fc.assert(
    fc.property(entries, (set) => encodeEntries(set) === encodeEntries([...set].reverse())),
    { numRuns: 30 },
  )
  t.pass()
})

test('5,000 objects fit', async (t) => {
  const set = fc.sample(fc.record({ uid: fc.uuid(), hash: sha(), seal: sha() }), 5_000)
  const big = set.map((one, index) => ({
    ...one,
    group: 'apps',
    version: 'v1',
    kind: 'Deployment',
    namespace: 'shop',
    name: `task-agent-${index}`,
    generation: index,
    resourceVersion: `${index * 7919}`,
  }))

  t.ok(encodeEntries(big).length < 900_000, `${encodeEntries(big).length} bytes`)
})

test('damage is undefined, never an empty set', async (t) => {
  const whole = encodeEntries(fc.sample(entry, 3))
  const damaged = [
    '',
    'x',
    whole.slice(0, -8),
    whole.slice(8),
    Buffer.from('[]').toString('base64'),
  ]
  for (const text of damaged) t.equal(decodeEntries(text), undefined)
})

function sha(): fc.Arbitrary<string> {
  return fc
    .uint8Array({ minLength: 32, maxLength: 32 })
    .map((bytes) => Buffer.from(bytes).toString('hex'))
}
