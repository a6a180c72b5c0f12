import { test } from 'tap'
import { repoPath } from '../../src/forge/repo-path.ts'

test('a repository has the same path however it is written', async (t) => {
  const spellings = [
    'https://github.com/acme/deploy.git',
    'https://github.com/acme/deploy',
    'https://github.com/acme/deploy/',
    'https://mona@github.com/acme/deploy.git',
    'ssh://git@github.com:22/acme/deploy.git',
    'git@github.com:acme/deploy.git',
    'github.com:acme/deploy',
  ]
  for (const repo of spellings) {
    t.same(repoPath(repo, 'https://github.com'), ['acme', 'deploy'], repo)
  }
})

test('the path of a forge below a folder is left out', async (t) => {
  const forge = 'https://git.example.com/gitlab'

  t.same(repoPath('https://git.example.com/gitlab/a/b/c.git', forge), ['a', 'b', 'c'])
  t.same(repoPath('ssh://git@git.example.com/a/b/c.git', forge), ['a', 'b', 'c'])
  t.same(repoPath('https://git.example.com/gitlabber/c.git', forge), ['gitlabber', 'c'])
})

test('what has no path on a forge has none', async (t) => {
  for (const repo of ['file:///srv/git/deploy.git', 'https://github.com/', '/srv/git', 'deploy']) {
    t.equal(repoPath(repo, 'https://github.com'), undefined, repo)
  }
})
