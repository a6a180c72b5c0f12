import { test } from 'tap'
import { isAmong, mountOf, parseRemoteBase } from '../../../src/render/kustomize/remote-base.ts'

const sha = '0123456789abcdef0123456789abcdef01234567'
const repo = 'https://github.com/acme/bases'

test('a remote base is a repository, a path and a full commit id', (t) => {
  const written = {
    [`${repo}//web?ref=${sha}`]: { repo, path: 'web', sha },
    [`${repo}.git//web/prod/?ref=${sha}`]: { repo: `${repo}.git`, path: 'web/prod/', sha },
    [`${repo}?ref=${sha}`]: { repo, path: '.', sha },
    [`${repo}/?ref=${sha}`]: { repo, path: '.', sha },
    [`http://git.example.com:8080/a/b/c//x?ref=${'a'.repeat(64)}`]: {
      repo: 'http://git.example.com:8080/a/b/c',
      path: 'x',
      sha: 'a'.repeat(64),
    },
  }
  for (const [text, base] of Object.entries(written)) t.same(parseRemoteBase(text), base, text)
  t.end()
})

test('D2: what names no full commit, or could be read in another way, is no remote base', (t) => {
  for (const text of [
    `${repo}//web`,
    `${repo}//web?ref=main`,
    `${repo}//web?ref=v1.0.0`,
    `${repo}//web?ref=${sha.slice(0, 39)}`,
    `${repo}//web?ref=${sha}0`,
    `${repo}//web?ref=${sha.toUpperCase()}`,
    `${repo}//web?ref=${sha}&timeout=1s`,
    `${repo}//web?submodules=true&ref=${sha}`,
    `${repo}//web?version=${sha}`,
    `${repo}//../web?ref=${sha}`,
    `${repo}//web/../../x?ref=${sha}`,
    `github.com/acme/bases//web?ref=${sha}`,
    `git::${repo}//web?ref=${sha}`,
    `git@github.com:acme/bases//web?ref=${sha}`,
    `ssh://git@github.com/acme/bases//web?ref=${sha}`,
    `file:///srv/bases//web?ref=${sha}`,
    `https://github.com?ref=${sha}`,
    `${repo}//web?ref=${sha}#x`,
    `${repo}//web?ref=${sha}\n`,
  ]) {
    t.equal(parseRemoteBase(text), undefined, JSON.stringify(text))
  }
  t.end()
})

test('a repository is the same with and without .git, and no other is', (t) => {
  t.ok(isAmong([repo], `${repo}.git`))
  t.ok(isAmong([`${repo}.git/`], repo))
  t.ok(isAmong(['https://GitHub.com/acme/bases'], repo))
  for (const other of [`${repo}-more`, `${repo}/more`, 'http://github.com/acme/bases', '']) {
    t.notOk(isAmong([repo], other), other)
  }
  t.notOk(isAmong([], repo))
  t.equal(mountOf({ repo, sha: parsed() }), mountOf({ repo: `${repo}.git`, sha: parsed() }))
  t.end()
})

function parsed() {
  const base = parseRemoteBase(`${repo}?ref=${sha}`)
  if (base === undefined) throw new Error('it is a remote base')
  return base.sha
}
