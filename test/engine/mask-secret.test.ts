import fc from 'fast-check'
import { test } from 'tap'
import { createMask } from '../../src/engine/mask-secret.ts'
import { diffObjects } from '../../src/engine/object-diff.ts'

const mask = createMask(Buffer.alloc(32, 1))
const secret = { group: '', kind: 'Secret' }
const canary = 'c4n4ry'
const annotation = 'kubectl.kubernetes.io/last-applied-configuration'
const lastApplied = '/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration'
const mark = /^«secret [0-9a-f]{8}»$/

/** A value that holds the canary, alone or inside something. */
const hiding = fc.constantFrom<unknown>(canary, [canary], { a: canary }, { a: { b: [canary] } })
const values = fc.oneof(hiding, fc.dictionary(fc.string(), hiding))
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
const anySecret = fc.record({
  kind: fc.constant('Secret'),
  data: maybe(values),
  stringData: maybe(values),
  metadata: maybe(
    fc.record({
      name: fc.constantFrom('a', 'b'),
      annotations: maybe(fc.constant({ team: 'blue', [annotation]: canary })),
    }),
  ),
})

test('masking the values of Secrets', async (t) => {
  await t.test('E5: each value of a Secret is a mark, equal for equal values', async (t) => {
    const masked = mask(secret, '/data', { a: canary, b: canary, c: 'other' })

    t.match(masked, { a: mark, b: mark, c: mark })
    const { a, b, c } = masked as Record<string, string>
    t.equal(a, b)
    t.not(a, c)
    t.equal(mask(secret, '/data/a', canary), a)
  })

  await t.test('E5: a mark tells nothing without the key', async (t) => {
    const other = createMask(Buffer.alloc(32, 2))

    t.not(other(secret, '/data/a', canary), mask(secret, '/data/a', canary))
  })

  await t.test('E5: no value passes, whatever of two Secrets differs', async (t) => {
    const whole = maybe(anySecret)
    const property = fc.property(whole, whole, (before, after) =>
      diffObjects(before, after).every(({ path, before, after }) => {
        const shown = [mask(secret, path, before), mask(secret, path, after)]
        return !JSON.stringify(shown).includes(canary)
      }),
    )

    t.doesNotThrow(() => fc.assert(property, { numRuns: 1_000 }))
  })

  await t.test('E5: no value passes below data, though it is of the wrong type', async (t) => {
    const path = fc
      .tuple(fc.constantFrom('/data', '/stringData'), fc.constantFrom('', '/0', '/x~1y'))
      .map(([field, below]) => `${field}/a${below}`)
    const value = fc.oneof(hiding, fc.constant({ [canary]: 1 }))
    const property = fc.property(path, value, (path, value) => {
      const shown = mask(secret, path, value)
      return typeof shown === 'string' && mark.test(shown)
    })

    t.doesNotThrow(() => fc.assert(property))
  })

  await t.test('E5: what kubectl apply remembered of a Secret is a mark', async (t) => {
    const annotations = { team: 'blue', [annotation]: canary }

    t.match(mask(secret, lastApplied, canary), mark)
    t.match(mask(secret, '/metadata/annotations', annotations), {
      team: 'blue',
      [annotation]: mark,
    })
    t.match(mask(secret, '/metadata', { name: 'a', annotations }), {
      name: 'a',
      annotations: { team: 'blue', [annotation]: mark },
    })
  })

  await t.test('what is no value of a Secret stays', async (t) => {
    const metadata = { name: 'a', annotations: { team: 'blue' } }

    t.equal(mask(secret, '/type', 'Opaque'), 'Opaque')
    t.equal(mask(secret, '/database', 'x'), 'x')
    t.equal(mask(secret, '/immutable', true), true)
    t.strictSame(mask(secret, '/metadata', metadata), metadata)
    t.strictSame(mask(secret, '/metadata', { name: 'a' }), { name: 'a' })
    t.strictSame(mask(secret, '/metadata/labels', { a: 'b' }), { a: 'b' })
  })

  await t.test('what is not there has no mark', async (t) => {
    t.equal(mask(secret, '/data/a', undefined), undefined)
    t.strictSame(mask(secret, '', { kind: 'Secret' }), { kind: 'Secret', metadata: undefined })
  })

  await t.test('another kind, and a Secret of another group, are no Secret', async (t) => {
    t.equal(mask({ group: '', kind: 'ConfigMap' }, '/data/a', 'x'), 'x')
    t.equal(mask({ group: 'example.com', kind: 'Secret' }, '/data/a', 'x'), 'x')
  })
})
