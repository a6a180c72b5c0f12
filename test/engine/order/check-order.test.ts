import { test } from 'tap'
import type { Desired } from '../../../src/domain/change.ts'
import { StageError } from '../../../src/domain/error.ts'
import { checkOrder } from '../../../src/engine/order/check-order.ts'
import { anOrdered } from '../../support/ordered-objects.ts'

const dependsOn = (name: string, on: string): Desired =>
  anOrdered({ name, annotations: { 'landfall.dev/depends-on': on }, line: 7 })
const path = (name: string): string => `/namespaces/shop/ConfigMap/${name}`

function refusal(desired: readonly Desired[]): StageError {
  try {
    checkOrder(desired)
  } catch (error) {
    if (error instanceof StageError) return error
  }
  throw new Error('it was not refused')
}

test('an order that cannot be kept', async (t) => {
  await t.test('what can be kept is no error', async (t) => {
    const chain = [dependsOn('a', path('b')), dependsOn('b', path('c')), anOrdered({ name: 'c' })]

    t.doesNotThrow(() => checkOrder(chain))
    t.doesNotThrow(() => checkOrder([anOrdered({ name: 'a' })]))
  })

  await t.test(
    'circles, twins and what is not there are told at once, with file and line',
    async (t) => {
      const error = refusal([
        dependsOn('a', path('b')),
        dependsOn('b', path('a')),
        dependsOn('c', `${path('d')},${path('d')}`),
        dependsOn('e', '/ConfigMap/a'),
        dependsOn('f', path('f')),
        anOrdered({ name: 'g', annotations: { 'landfall.dev/wave': 'x' } }),
      ])

      t.equal(error.code, 'PLAN_ORDER_INVALID')
      t.match(error.text, /^c\.yaml:7: ConfigMap shop\/c .* \(and 5 more\)$/)
      t.strictSame(
        error.subjects.map(({ file, line, message }) => `${file}:${line} ${message}`),
        [
          `c.yaml:7 landfall.dev/depends-on: names ${path('d')} twice; keep one`,
          'c.yaml:7 depends on ConfigMap shop/d, which is not among the objects of this application; add it, or correct the annotation',
          `e.yaml:7 depends on ConfigMap a, which is not among the objects of this application; write ${path('a')} for the one that is`,
          'g.yaml:1 landfall.dev/wave: "x" is no whole number; write one, such as "1"',
          'a.yaml:7 and ConfigMap shop/b (b.yaml:7) wait for each other; take one depends-on or wave away',
          'f.yaml:7 has to wait for itself; correct its depends-on or its wave',
        ],
      )
    },
  )

  await t.test('an object that depends on one of a later wave waits for itself', async (t) => {
    const later = anOrdered({ name: 'late', annotations: { 'landfall.dev/wave': '1' } })

    const error = refusal([dependsOn('early', path('late')), later])

    t.match(error.subjects, [{ object: 'ConfigMap shop/early', message: /ConfigMap shop\/late/ }])
  })
})
