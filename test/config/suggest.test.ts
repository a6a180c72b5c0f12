import fc from 'fast-check'
import { test } from 'tap'
import { didYouMean, editDistance, nearestWord } from '../../src/config/suggest.ts'

test('the nearest word is suggested, whatever its case', async (t) => {
  t.equal(didYouMean('drfit', ['drift', 'prune']), ' (did you mean "drift"?)')
  t.equal(didYouMean('trustproxy', ['listen', 'trustProxy']), ' (did you mean "trustProxy"?)')
  t.equal(nearestWord('evrey', ['every', 'never']), 'every')
})

test('nothing is suggested where no word is near', async (t) => {
  t.equal(didYouMean('colour', ['listen', 'prune']), '')
  t.equal(nearestWord('x', ['path']), undefined)
  t.equal(nearestWord('a'.repeat(10_000), ['path']), undefined)
})

test('the edit distance is a metric of insertions, deletions, substitutions and swaps', async (t) => {
  t.equal(editDistance('', 'abc'), 3)
  t.equal(editDistance('abc', ''), 3)
  t.equal(editDistance('ab', 'ba'), 1)
  t.equal(editDistance('kitten', 'sitting'), 3)
  const word = fc.string({ maxLength: 12 })
  const isMetric = fc.property(word, word, (a, b) => {
    const distance = editDistance(a, b)
    return (
      distance === editDistance(b, a) &&
      (distance === 0) === (a === b) &&
      distance <= Math.max(a.length, b.length)
    )
  })
  t.doesNotThrow(() => fc.assert(isMetric))
})
