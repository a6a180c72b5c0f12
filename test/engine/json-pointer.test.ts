import fc from 'fast-check'
import { test } from 'tap'
import { isCovered, parsePointer, toPointer } from '../../src/engine/json-pointer.ts'

const segments = fc.array(fc.string())

test('JSON pointers', async (t) => {
  await t.test('escape ~ and / as RFC 6901 says', async (t) => {
    t.equal(toPointer(['metadata', 'labels', 'a/b~c', 0]), '/metadata/labels/a~1b~0c/0')
    t.strictSame(parsePointer('/a~1b~0c/~01'), ['a/b~c', '~1'])
  })

  await t.test('of no segments name the whole object', async (t) => {
    t.equal(toPointer([]), '')
    t.strictSame(parsePointer(''), [])
  })

  await t.test('give back the segments they were made of', async (t) => {
    const property = fc.property(segments, (path) => {
      t.strictSame(parsePointer(toPointer(path)), path)
    })

    fc.assert(property, { numRuns: 50 })
  })
})

test('a pointer is covered by a rule', async (t) => {
  await t.test('that names it or what it is inside of', async (t) => {
    t.ok(isCovered('/spec/replicas', '/spec/replicas'))
    t.ok(isCovered('/spec/replicas', '/spec'))
    t.notOk(isCovered('/spec', '/spec/replicas'))
    t.notOk(isCovered('/spec/replicasets', '/spec/replicas'))
  })

  await t.test('in which a star stands for any one segment', async (t) => {
    t.ok(isCovered('/spec/containers/3/image', '/spec/containers/*/image'))
    t.notOk(isCovered('/spec/containers/3/ports/image', '/spec/containers/*/image'))
    t.notOk(isCovered('/spec/containers', '/spec/containers/*'))
  })

  await t.test('when the pointer goes on from the rule, and from no other', async (t) => {
    const property = fc.property(segments, segments, fc.string(), (rule, more, other) => {
      const covered = isCovered(toPointer([...rule, ...more]), toPointer(rule))
      const longer = isCovered(toPointer(rule), toPointer([...rule, other]))
      return covered && !longer
    })

    t.doesNotThrow(() => fc.assert(property))
  })
})
