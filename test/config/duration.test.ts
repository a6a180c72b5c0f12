import fc from 'fast-check'
import { test } from 'tap'
import { parseDuration } from '../../src/config/duration.ts'

test('a duration is a sum of hours, minutes, seconds and milliseconds', async (t) => {
  t.equal(parseDuration('3m'), 180_000)
  t.equal(parseDuration('500ms'), 500)
  t.equal(parseDuration('1h30m'), 5_400_000)
  t.equal(parseDuration('1m1ms'), 60_001)
  t.equal(parseDuration('0s'), 0)
})

test('E7: what is no duration has no value', async (t) => {
  const texts = [
    '',
    '3',
    '-5m',
    '+5m',
    '5 m',
    '5m ',
    '1.5h',
    'NaN',
    'Infinity',
    '5M',
    'm',
    '1e3s',
    '３m',
  ]
  for (const text of texts) t.equal(parseDuration(text), undefined, JSON.stringify(text))
  t.equal(parseDuration(`${'9'.repeat(400)}h`), undefined)
})

test('every duration is a finite number of milliseconds, any other text undefined', async (t) => {
  const part = fc.tuple(fc.nat(100_000), fc.constantFrom('ms', 's', 'm', 'h'))
  const unit: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 3 }), (parts) => {
        const expected = parts.reduce((sum, [count, name]) => sum + count * (unit[name] ?? NaN), 0)
        return parseDuration(parts.map(([count, name]) => `${count}${name}`).join('')) === expected
      }),
    ),
  )
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const value = parseDuration(text)
        return value === undefined || (Number.isFinite(value) && value >= 0)
      }),
    ),
  )
})
