import { test } from 'tap'
import { createTapDigest } from '../../tools/tap-digest.ts'

function digest(lines: readonly string[], exitCode: number | null) {
  let shown = ''
  const tap = createTapDigest((text) => {
    shown += text
  })
  for (const line of lines) tap.read(line)
  return { totals: tap.close(exitCode), shown }
}

const fine = [
  '# Subtest: a.test.ts',
  '    ok 1 - holds',
  '    1..1',
  'ok 1 - a.test.ts # time=1ms',
  '',
]
const broken = [
  '# Subtest: b.test.ts',
  '    ok 1 - holds',
  '    not ok 2 - breaks',
  '      diff: 1 is not 2',
  '    1..2',
  'not ok 2 - b.test.ts # time=1ms',
]

test('a digest of a tap run', async (t) => {
  await t.test('shows one line for a file that passes', async (t) => {
    const { totals, shown } = digest([...fine, '# { total: 1, pass: 1 }'], 0)

    t.strictSame(totals, { passed: 1, failed: 0 })
    t.equal(shown, 'ok 1 - a.test.ts # time=1ms\n')
  })

  await t.test('shows what failed and leaves out what passed', async (t) => {
    const { totals, shown } = digest([...fine, ...broken, '# { total: 3, pass: 2, fail: 1 }'], 1)

    t.strictSame(totals, { passed: 2, failed: 1 })
    t.match(shown, 'not ok 2 - breaks\n      diff: 1 is not 2\n')
    t.notMatch(shown, 'holds')
  })

  await t.test('counts a skipped and a todo test as failed', async (t) => {
    const lines = [
      'ok 1 - c.test.ts # SKIP no tests found',
      '# { total: 9, pass: 6, skip: 2, todo: 1 }',
    ]
    const { totals, shown } = digest(lines, 0)

    t.strictSame(totals, { passed: 6, failed: 3 })
    t.match(shown, 'no tests found')
  })

  await t.test('counts an exit code without a failed test as one failure', async (t) => {
    t.strictSame(digest(['# { total: 2, pass: 2 }'], 7).totals, { passed: 2, failed: 1 })
    t.strictSame(digest(['# { total: 2, pass: 2 }'], null).totals, { passed: 2, failed: 1 })
  })

  await t.test('counts a run that ended before its totals as one failure', async (t) => {
    const { totals, shown } = digest([...fine, '# Subtest: d.test.ts', '    ok 1 - begins'], 0)

    t.strictSame(totals, { passed: 0, failed: 1 })
    t.match(shown, 'begins')
  })
})
