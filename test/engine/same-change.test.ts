import fc from 'fast-check'
import { test } from 'tap'
import { toPointer } from '../../src/engine/json-pointer.ts'
import { createMask } from '../../src/engine/mask-secret.ts'
import { isSameChange } from '../../src/engine/same-change.ts'

const env = '/spec/template/spec/containers/0/env'
const secret = { group: '', kind: 'Secret' }

function isSame(written: readonly [string, unknown], found: readonly [string, unknown]): boolean {
  const [path, after] = written
  const [drifted, live] = found
  return isSameChange(
    { path, before: undefined, after },
    { path: drifted, desired: undefined, live },
    { byValue: true },
  )
}

test('what was written is what is there', async (t) => {
  await t.test('of one field, where the values are equal', async (t) => {
    t.equal(isSame(['/spec/replicas', 5], ['/spec/replicas', 5]), true)
    t.equal(isSame(['/spec/replicas', 5], ['/spec/replicas', 9]), false)
    t.equal(isSame(['/spec/replicas', 5], ['/spec/paused', 5]), false)
    t.equal(isSame(['/spec/replicas', 5], ['/spec/replicasOf', 5]), false)
  })

  await t.test('wherever the item of a list stands', async (t) => {
    const item = { name: 'DEBUG', value: '1' }
    t.equal(isSame([`${env}/0`, item], [`${env}/2`, item]), true)
    t.equal(isSame([env, [{ name: 'A' }, item]], [`${env}/0/value`, '1']), true)
    t.equal(isSame([env, [{ name: 'A' }, item]], [`${env}/0/value`, '2']), false)
    t.equal(isSame([`${env}/0/value`, '1'], [env, [item]]), true)
  })

  await t.test('where both are nothing', async (t) => {
    t.equal(isSame(['/metadata/labels/a', undefined], ['/metadata/labels', undefined]), true)
    t.equal(isSame(['/metadata/labels/a', undefined], ['/metadata/labels', { a: '1' }]), false)
    t.equal(isSame(['/metadata/labels', null], ['/metadata/labels/a', undefined]), true)
  })

  await t.test('for all that is known, where one is a mark', async (t) => {
    const [here, there] = [1, 2].map((byte) => createMask(Buffer.alloc(32, byte)))
    const mark = here?.(secret, '/data/a', 'x')
    t.equal(isSame(['/data/a', mark], ['/data/a', there?.(secret, '/data/a', 'x')]), true)
    t.equal(isSame(['/spec', mark], ['/spec/replicas', 5]), true)
    t.equal(isSame(['/data/a', mark], ['/data/a', undefined]), false)
  })
})

test('a written value is found below any part of its path', async (t) => {
  const path = fc.array(fc.constantFrom('a', 'b/c', '~d'), { maxLength: 4 })
  fc.assert(
    fc.property(path, path, fc.jsonValue(), (above, below, value) => {
      const whole = below.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value)
      const [outer, inner] = [toPointer(above), toPointer([...above, ...below])]
      return isSame([outer, whole], [inner, value]) && isSame([inner, value], [outer, whole])
    }),
  )
  t.pass()
})
