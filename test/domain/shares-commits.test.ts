import { test } from 'tap'
import { sharesCommits } from '../../src/domain/shares-commits.ts'
import { anApplication } from '../support/an-application.ts'

test('two applications that one push changes', async (t) => {
  const web = anApplication({ name: 'web' })
  const shares = (other: Parameters<typeof anApplication>[0]) =>
    sharesCommits(web, anApplication({ name: 'api', ...other }))

  await t.test('have repository, branch and cluster in common', async (t) => {
    t.ok(shares({ path: 'apps/api', namespace: 'api' }))
    t.ok(shares({ repo: 'git@github.com:Acme/deploy' }), 'however the URL is written')
    t.notOk(shares({ repo: 'https://github.com/acme/other.git' }))
    t.notOk(shares({ branch: 'next' }))
    t.notOk(shares({ cluster: 'staging' }))
  })

  await t.test('are two', async (t) => {
    t.notOk(shares({ name: 'web' }))
  })
})
