import fc from 'fast-check'
import { test } from 'tap'
import type { FieldsV1 } from '../../src/domain/kube-object.ts'
import { canonicalJson } from '../../src/engine/canonical-json.ts'
import {
  fieldsOf,
  findNode,
  ownsNode,
  unionFields,
  withoutFields,
} from '../../src/engine/fields-v1.ts'
import { fields, ownedBy } from '../support/objects.ts'

const keys = fc.constantFrom('f:a', 'f:b', 'k:{"name":"x"}', 'v:1')
const leaf = fc.constant<FieldsV1>({})
const anySet = fc.letrec<{ node: FieldsV1; inner: FieldsV1 }>((tie) => ({
  node: fc.oneof({ maxDepth: 4 }, leaf, tie('inner')),
  inner: fc
    .tuple(fc.boolean(), fc.dictionary(keys, tie('node'), { minKeys: 1, maxKeys: 3 }))
    .map(([isOwned, children]) => (isOwned ? { '.': {}, ...children } : children)),
})).node

/** Every path of the set that owns its node: what the set means. */
function owned(set: FieldsV1, path: readonly string[] = []): string[] {
  const below = Object.entries(set).flatMap(([key, child]) =>
    key === '.' ? [] : owned(child, [...path, key]),
  )
  return path.length > 0 && ownsNode(set) ? [path.join(' '), ...below] : below
}

function sameSet(left: FieldsV1, right: FieldsV1): boolean {
  return canonicalJson(left) === canonicalJson(right)
}

test('a set of fields', async (t) => {
  await t.test('owns a node that is a leaf or is marked by a dot', async (t) => {
    t.ok(ownsNode({}))
    t.ok(ownsNode(fields('.', 'f:a')))
    t.notOk(ownsNode(fields('f:a')))
  })

  await t.test('is walked by its keys', async (t) => {
    const set = fields('f:spec f:replicas', 'f:spec f:paused')

    t.strictSame(findNode(set, ['f:spec', 'f:replicas']), {})
    t.strictSame(findNode(set, []), set)
    t.equal(findNode(set, ['f:spec', 'f:selector', 'f:app']), undefined)
  })

  await t.test(
    'of several entries is their union; an entry without fields adds none',
    async (t) => {
      const { fieldsV1: _none, ...bare } = ownedBy('a', {})
      const entries = [ownedBy('a', fields('f:a')), bare, ownedBy('b', fields('f:b f:c'))]

      t.strictSame(fieldsOf(entries), fields('f:a', 'f:b f:c'))
      t.strictSame(fieldsOf([]), {})
    },
  )
})

test('the union of sets of fields', async (t) => {
  await t.test('keeps an owned node owned when the other set owns what is below it', async (t) => {
    const union = unionFields([fields('f:spec'), fields('f:spec f:replicas')])

    t.strictSame(union, { 'f:spec': { '.': {}, 'f:replicas': {} } })
  })

  await t.test('owns exactly what either owns', async (t) => {
    const property = fc.property(anySet, anySet, (left, right) => {
      const union = owned(unionFields([left, right])).sort()
      const wanted = new Set([...owned(left), ...owned(right)])
      return union.join() === [...wanted].sort().join()
    })

    t.doesNotThrow(() => fc.assert(property))
  })

  await t.test('is the same in any order', async (t) => {
    const property = fc.property(anySet, anySet, (left, right) =>
      sameSet(unionFields([left, right]), unionFields([right, left])),
    )

    t.doesNotThrow(() => fc.assert(property))
  })

  await t.test('of a set with itself is the set', async (t) => {
    t.doesNotThrow(() =>
      fc.assert(fc.property(anySet, (set) => sameSet(unionFields([set, set]), set))),
    )
  })
})

test('a set without some of its fields', async (t) => {
  const set = fields('f:metadata f:labels .', 'f:metadata f:labels f:a', 'f:spec f:replicas')

  await t.test('lacks a dropped field and all below it', async (t) => {
    t.strictSame(
      withoutFields(set, (path) => path.at(-1) === 'f:labels'),
      fields('f:spec f:replicas'),
    )
  })

  await t.test('lacks the nodes that only led to a dropped field', async (t) => {
    t.strictSame(
      withoutFields(set, (path) => path.at(-1) === 'f:replicas'),
      fields('f:metadata f:labels .', 'f:metadata f:labels f:a'),
    )
  })

  await t.test('is none when everything was dropped', async (t) => {
    t.equal(
      withoutFields(set, () => true),
      undefined,
    )
  })

  await t.test('is the same set when nothing is', async (t) => {
    const property = fc.property(anySet, (any) => {
      const kept = withoutFields(any, () => false)
      return kept !== undefined && sameSet(kept, any)
    })

    t.doesNotThrow(() => fc.assert(property))
  })
})
