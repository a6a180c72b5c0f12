import { test } from 'tap'
import { isZeroSha, parseCommitSha, shortSha } from '../../src/domain/revision.ts'

test('commit ids', async (t) => {
  await t.test('40 or 64 lower-case hex digits are one', async (t) => {
    for (const sha of ['a1'.repeat(20), 'a1'.repeat(32)]) t.equal(parseCommitSha(sha), sha)
  })

  await t.test('nothing else is: no short id, no branch, no option, no second line', async (t) => {
    const none = [
      '',
      'a1b2c3d',
      'main',
      '--upload-pack=x',
      'A1'.repeat(20),
      'g1'.repeat(20),
      'a1'.repeat(21),
      `${'a1'.repeat(20)}\n`,
      `x\n${'a1'.repeat(20)}`,
    ]
    for (const text of none) t.equal(parseCommitSha(text), undefined, text)
  })

  await t.test('the id of zeros means no commit, in both lengths', async (t) => {
    t.ok(isZeroSha('0'.repeat(40)))
    t.ok(isZeroSha('0'.repeat(64)))
    t.notOk(isZeroSha('0'.repeat(41)))
    t.notOk(isZeroSha(`${'0'.repeat(39)}1`))
  })

  await t.test('people read seven digits', async (t) => {
    t.equal(shortSha('a1b2c3d4e5'.repeat(4)), 'a1b2c3d')
  })
})
