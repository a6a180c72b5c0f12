import fc from 'fast-check'
import { test } from 'tap'
import type { JsonPatchOperation } from '../../src/cluster/cluster.ts'
import type { ExtraField } from '../../src/engine/extra-fields.ts'
import { parsePointer, toPointer } from '../../src/engine/json-pointer.ts'
import { removalPatch } from '../../src/engine/remove-extras.ts'
import { aDeployment } from '../support/objects.ts'

const guard = { op: 'replace', path: '/metadata/resourceVersion', value: '10' } as const

function extras(pointers: readonly string[]): ExtraField[] {
  return pointers.map((pointer) => ({ pointer, value: 'x', owner: { manager: 'kubectl-edit' } }))
}

test('the patch that removes extras', async (t) => {
  await t.test('is guarded by the version that was looked at', async (t) => {
    t.strictSame(removalPatch(aDeployment(), extras(['/spec/paused'])), [
      guard,
      { op: 'remove', path: '/spec/paused' },
    ])
  })

  await t.test('removes later items and deeper fields first', async (t) => {
    const patch = removalPatch(aDeployment(), extras(['/a/2', '/a', '/a/10', '/a/2/x', '/a/9']))

    t.strictSame(
      patch.slice(1).map(({ path }) => path),
      ['/a/10', '/a/9', '/a/2/x', '/a/2', '/a'],
    )
  })

  await t.test('removes exactly the extras, whatever their order', async (t) => {
    const property = fc.property(objectWithExtras, ({ object, pointers }) => {
      const patched = apply(object, removalPatch(aDeployment(), extras(pointers)).slice(1))
      t.strictSame(patched, without(object, new Set(pointers)))
    })

    fc.assert(property, { numRuns: 300 })
  })
})

// Numbers among the keys, and keys that a language's collation holds for equal.
const key = fc.constantFrom('a', 'A', 'b/c', '1', '9', '10', '1x', '~', '\u00e9', 'e\u0301')
const value = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.nat(),
    fc.array(tie('node'), { maxLength: 12 }),
    fc.dictionary(key, tie('node')),
  ),
})).node

/** An object, and some of the pointers in it, in any order. */
const objectWithExtras = fc
  .dictionary(key, value, { minKeys: 1 })
  .chain((object) =>
    fc.record({ object: fc.constant(object), pointers: fc.shuffledSubarray(pointersIn(object)) }),
  )

function pointersIn(node: unknown, path: readonly string[] = []): string[] {
  if (typeof node !== 'object' || node === null) return []
  return Object.entries(node).flatMap(([key, child]) => {
    const childPath = [...path, key]
    return [toPointer(childPath), ...pointersIn(child, childPath)]
  })
}

function without(node: unknown, gone: ReadonlySet<string>, path: readonly string[] = []): unknown {
  if (typeof node !== 'object' || node === null) return node
  const kept = Object.entries(node).flatMap(([key, child]) => {
    const childPath = [...path, key]
    return gone.has(toPointer(childPath)) ? [] : [[key, without(child, gone, childPath)] as const]
  })
  return Array.isArray(node) ? kept.map(([, child]) => child) : Object.fromEntries(kept)
}

/** RFC 6902, as far as removals go: a path that is not there fails. */
function apply(object: unknown, patch: readonly JsonPatchOperation[]): unknown {
  const result: unknown = structuredClone(object)
  for (const { op, path } of patch) {
    const segments = parsePointer(path)
    const last = segments.pop() ?? ''
    let node = result as Record<string, unknown>
    for (const segment of segments) node = node[segment] as Record<string, unknown>
    if (op !== 'remove' || !Object.hasOwn(node, last)) throw new Error(`cannot ${op} ${path}`)
    if (Array.isArray(node)) node.splice(Number(last), 1)
    else delete node[last]
  }
  return result
}
