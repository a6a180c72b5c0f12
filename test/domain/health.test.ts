import fc from 'fast-check'
import { test } from 'tap'
import { type Health, worstHealth } from '../../src/domain/health.ts'

const bestToWorst: readonly Health[] = [
  'Healthy',
  'Suspended',
  'Progressing',
  'Missing',
  'Degraded',
  'Unknown',
]

test('the worst health', async (t) => {
  await t.test('of nothing is healthy', async (t) => {
    t.equal(worstHealth([]), 'Healthy')
  })

  await t.test('of two is the later one in the order of Argo CD', async (t) => {
    for (const [index, worse] of bestToWorst.entries()) {
      for (const better of bestToWorst.slice(0, index + 1)) {
        t.equal(worstHealth([better, worse]), worse)
        t.equal(worstHealth([worse, better]), worse)
      }
    }
  })

  await t.test('of many is one of them, whatever their order', async (t) => {
    const some = fc.array(fc.constantFrom(...bestToWorst), { minLength: 1 })
    const property = fc.property(some, (healths) => {
      const worst = worstHealth(healths)
      return healths.includes(worst) && worst === worstHealth(healths.toReversed())
    })

    t.doesNotThrow(() => fc.assert(property))
  })
})
