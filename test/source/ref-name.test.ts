import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { test } from 'tap'
import { StageError } from '../../src/domain/error.ts'
import { branchRef, mirrorRef } from '../../src/source/ref-name.ts'

test('a branch has one full name at the remote and one in the mirror', async (t) => {
  t.equal(branchRef('main'), 'refs/heads/main')
  t.equal(branchRef('release/1.x'), 'refs/heads/release/1.x')
  t.equal(branchRef('refs/heads/main'), 'refs/heads/refs/heads/main')
  t.equal(mirrorRef('refs/main'), 'refs/landfall/heads/refs/main')
})

test('C2: what git might read as an option or a pattern is no branch', async (t) => {
  const hostile = [
    '',
    '-c',
    '--upload-pack=touch${IFS}x',
    '@',
    'a..b',
    'a b',
    'a~1',
    'a^',
    'a:b',
    'a?',
    'a*',
    'a[b',
    'a\\b',
    'a@{1}',
    '.a',
    'a/.b',
    'a.lock',
    'a.lock/b',
    'a.',
    'a/',
    '/a',
    'a//b',
    'a\nb',
    'a\0b',
    'ä'.repeat(101),
  ]
  for (const name of hostile) {
    t.throws(() => branchRef(name), { code: 'SOURCE_REFUSED' }, JSON.stringify(name))
  }
})

test('C2: git takes every name that is taken here', async (t) => {
  const character = fc.constantFrom(...Array.from('ab./-@{}~^:?*[\\ \t"$\'lockHEAD#%&=+é'))
  const names = fc.array(character, { maxLength: 12 }).map((parts) => parts.join(''))
  const taken = fc.sample(names, { numRuns: 3000, seed: 7 }).flatMap((name) => {
    try {
      return [branchRef(name)]
    } catch (error: unknown) {
      if (error instanceof StageError) return []
      throw error
    }
  })
  const script = 'while IFS= read -r ref; do git check-ref-format "$ref" || echo "$ref"; done'

  const { stdout } = spawnSync('sh', ['-c', script], { input: `${taken.join('\n')}\n` })

  t.ok(taken.length > 100, `${taken.length} names were taken`)
  t.equal(stdout.toString(), '', 'none of them is refused by git')
})
