import { test } from 'tap'
import { sourceLink } from '../../src/forge/source-link.ts'

const file = { branch: 'main', file: 'apps/web/deployment.yaml', line: 7 }

test('the page of a file on its forge', async (t) => {
  await t.test('is where each forge has it', async (t) => {
    const of = (type: 'github' | 'gitlab' | 'gitea') =>
      sourceLink(
        { type, url: 'https://git.example.com' },
        { ...file, repo: 'https://git.example.com/acme/deploy.git' },
      )
    const base = 'https://git.example.com/acme/deploy'
    t.equal(of('github'), `${base}/blob/main/apps/web/deployment.yaml#L7`)
    t.equal(of('gitlab'), `${base}/-/blob/main/apps/web/deployment.yaml#L7`)
    t.equal(of('gitea'), `${base}/src/branch/main/apps/web/deployment.yaml#L7`)
  })

  await t.test('is found for repositories that are read by ssh', async (t) => {
    const repo = 'git@github.com:acme/deploy.git'
    t.equal(
      sourceLink({ type: 'github', url: 'https://github.com' }, { ...file, repo }),
      'https://github.com/acme/deploy/blob/main/apps/web/deployment.yaml#L7',
    )
  })

  await t.test('keeps odd names from meaning something else', async (t) => {
    const odd = { branch: 'feature/a b', file: 'a?b/c#d.yaml', line: 1 }
    t.match(
      sourceLink(
        { type: 'github', url: 'https://github.com' },
        { ...odd, repo: 'https://github.com/acme/deploy' },
      ),
      /\/blob\/feature\/a%20b\/a%3Fb\/c%23d\.yaml#L1$/,
    )
  })

  await t.test('is none of a folder on disk', async (t) => {
    const repo = 'file:///srv/deploy'
    t.equal(
      sourceLink({ type: 'gitea', url: 'https://git.example.com' }, { ...file, repo }),
      undefined,
    )
  })
})
