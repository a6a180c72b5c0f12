import fc from 'fast-check'
import { test } from 'tap'
import { truncate } from '../../src/domain/commit-status.ts'

const text = fc.string({ unit: 'binary' })
const limit = fc.integer({ min: 1, max: 20 })

test('truncating a text', async (t) => {
  await t.test('one that fits stays as it is, one that does not ends in an ellipsis', async (t) => {
    t.equal(truncate('12345', 5), '12345')
    t.equal(truncate('123456', 5), '1234…')
  })

  await t.test('a character outside the basic plane counts once and is never halved', async (t) => {
    t.equal(truncate('🚢🚢🚢', 3), '🚢🚢🚢')
    t.equal(truncate('🚢🚢🚢', 2), '🚢…')
  })

  await t.test('the limit in code points is never exceeded', async (t) => {
    t.doesNotThrow(() =>
      fc.assert(fc.property(text, limit, (whole, most) => pointsOf(truncate(whole, most)) <= most)),
    )
  })

  await t.test('what is cut is full, and all but its ellipsis begins the text', async (t) => {
    const property = fc.property(text, limit, (whole, most) => {
      const cut = truncate(whole, most)
      if (cut === whole) return pointsOf(whole) <= most
      return pointsOf(cut) === most && cut.endsWith('…') && whole.startsWith(cut.slice(0, -1))
    })

    t.doesNotThrow(() => fc.assert(property))
  })
})

function pointsOf(text: string): number {
  return Array.from(text).length
}
