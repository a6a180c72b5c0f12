import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { test } from 'tap'
import { branchFault, normalizePath, pathFault, valueFileFault } from '../../src/config/git-name.ts'

function gitTakes(branch: string): boolean {
  try {
    execFileSync('git', ['check-ref-format', `refs/heads/${branch}`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

// Refused although git takes them: they would be options, or mean something else to a reader.
function isOurs(branch: string): boolean {
  return /^(?:-|refs\/|HEAD$|@$)/.test(branch) || Buffer.byteLength(branch) > 200
}

test('a branch is accepted where git accepts it', async (t) => {
  const names = ['main', 'release/1.x', 'a@b', 'ünïcode', 'x.lock.y', 'a-b', 'a{b', 'v1.2', 'a./b']
  for (const name of names) t.equal(branchFault(name), undefined, name)
})

test('C2: a branch that git would read as something else is refused', async (t) => {
  const names = [
    '',
    '-c',
    '--upload-pack=touch${IFS}x',
    'a b',
    'a..b',
    'a~1',
    'a^',
    'a:b',
    'a?',
    'a*',
    'a[b',
    'a\\b',
    '.a',
    'a/.b',
    'a.lock',
    'a.lock/b',
    'a.',
    'a/',
    '/a',
    'a//b',
    'a@{1}',
    '@',
    'HEAD',
    'refs/heads/main',
    'a\0b',
    'a\nb',
    'a\x7fb',
    'x'.repeat(201),
  ]
  for (const name of names) t.type(branchFault(name), 'string', JSON.stringify(name))
})

test('C2: branches are judged as git check-ref-format judges them', async (t) => {
  const part = fc.constantFrom(
    'a',
    'b',
    '.',
    '..',
    '/',
    '-',
    '@',
    '{',
    '~',
    '.lock',
    ' ',
    '*',
    'é',
    '\\',
    'HEAD',
  )
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        const name = parts.join('')
        return (branchFault(name) === undefined) === (gitTakes(name) && !isOurs(name))
      }),
      { numRuns: 150, examples: [[['a', '.', '/', 'a']]] },
    ),
  )
})

test('C5: a path that leaves the repository, or is an option, is refused', async (t) => {
  const paths = [
    '/etc',
    '..',
    '../x',
    'a/../../x',
    'a/..',
    '-x',
    '--output=x',
    ':/x',
    'a\\b',
    'a\0',
    'a\nb',
    '.git',
    'a/.GIT/hooks',
    'git~1',
    'a'.repeat(1025),
  ]
  for (const path of paths) t.type(pathFault(path), 'string', JSON.stringify(path))
  for (const path of ['', '.', './', 'apps/web', './apps//web/', 'a b', '..a', 'a..', '.github']) {
    t.equal(pathFault(path), undefined, path)
  }
})

test('one directory has one path', async (t) => {
  t.equal(normalizePath('./apps//web/'), 'apps/web')
  t.equal(normalizePath('.'), '')
  t.equal(normalizePath(''), '')
})

test('D4: a value file is a file of the repository and no URL', async (t) => {
  const files = [
    '',
    'https://x/values.yaml',
    'secrets://x',
    '/etc/passwd',
    'a/../../b',
    '-x',
    '.git/config',
  ]
  for (const file of files) t.type(valueFileFault(file), 'string', file)
  for (const file of ['values.yaml', 'env/prod.yaml', '../values.yaml', '../../values.yaml']) {
    t.equal(valueFileFault(file), undefined, file)
  }
})
