import { type Test, test } from 'tap'
import { createSecret } from '../../src/domain/secret.ts'
import { examineToken } from '../../src/forge/examine-token.ts'
import { startFakeGitea } from '../support/fake-gitea.ts'
import { startFakeGithub } from '../support/fake-github.ts'
import { startFakeGitlab } from '../support/fake-gitlab.ts'
import { forgeSettings } from '../support/forge-settings.ts'

const clock = { now: () => Date.now() }

async function github(t: Test) {
  const fake = await startFakeGithub()
  t.teardown(() => fake.close())
  const examine = (token = fake.token, repo = 'https://github.com/acme/deploy.git') => {
    const settings = forgeSettings({ apiUrl: fake.apiUrl, token: createSecret(token) })
    return examineToken(settings, [repo], { fetch, clock })
  }
  return { fake, examine }
}

async function gitlab(t: Test) {
  const fake = await startFakeGitlab()
  t.teardown(() => fake.close())
  const examine = (token = fake.token, repo = 'https://gitlab.com/acme/deploy.git') => {
    const own = { key: 'gitlab', type: 'gitlab', url: 'https://gitlab.com' } as const
    const settings = { ...own, apiUrl: fake.apiUrl, token: createSecret(token) }
    return examineToken(forgeSettings(settings), [repo], { fetch, clock })
  }
  return { fake, examine }
}

test('a token of GitHub', async (t) => {
  await t.test('that may do everything has no fault, and nothing was written', async (t) => {
    const { fake, examine } = await github(t)
    const report = await examine()

    t.strictSame(report.faults, [])
    t.equal(report.expiresAt, undefined)
    t.ok(Math.abs(report.clockSkewMs ?? Number.NaN) < 2_000)
    t.strictSame([fake.statuses, fake.violations], [[], []])
  })

  await t.test('that may not write statuses is found by what it may do', async (t) => {
    const { fake, examine } = await github(t)
    fake.tokens.forbidReports()

    t.strictSame((await examine()).faults, [
      'the token may not write commit statuses in acme/deploy',
    ])
  })

  await t.test('that is not valid is one fault', async (t) => {
    const { examine } = await github(t)

    t.match((await examine('another')).faults, [/^the token is not valid/])
  })

  await t.test('tells when it expires', async (t) => {
    const { fake, examine } = await github(t)
    fake.tokens.expireAt('2026-12-01 10:00:00 UTC')

    t.equal((await examine()).expiresAt, Date.UTC(2026, 11, 1, 10))
  })

  await t.test('of a forge that is away is no fault but a failure', async (t) => {
    const { fake, examine } = await github(t)
    fake.isAway = true

    await t.rejects(examine(), { code: 'FORGE_UNREACHABLE' })
  })
})

test('a token of GitLab', async (t) => {
  await t.test('with the scope api and the role Developer has no fault', async (t) => {
    const { fake, examine } = await gitlab(t)
    fake.setRole(30)

    t.strictSame((await examine()).faults, [])
  })

  await t.test('with another scope, a low role or no sight of the project has', async (t) => {
    const { fake, examine } = await gitlab(t)
    fake.describeToken({ scopes: ['read_api', 'read_repository'] })
    fake.setRole(20)

    t.match((await examine()).faults, [
      'the token has not the scope api, which commit statuses need; it has read_api, read_repository',
      /^the token's role in acme\/deploy is too low/,
    ])
    const unseen = await examine(fake.token, 'https://gitlab.com/acme/other.git')
    t.match(unseen.faults, [/scope/, /does not see acme\/other/])
  })

  await t.test('tells when it expires', async (t) => {
    const { fake, examine } = await gitlab(t)
    fake.describeToken({ expires_at: '2026-12-01' })

    t.equal((await examine()).expiresAt, Date.UTC(2026, 11, 1))
  })

  await t.test('that is not valid is one fault', async (t) => {
    const { examine } = await gitlab(t)

    t.match((await examine('another')).faults, [/^the token is not valid/])
  })
})

async function gitea(t: Test) {
  const fake = await startFakeGitea()
  t.teardown(() => fake.close())
  const examine = (token = fake.token, repo = 'https://git.example.com/acme/deploy.git') => {
    const own = { key: 'gitea', type: 'gitea', url: 'https://git.example.com' } as const
    const settings = { ...own, apiUrl: fake.apiUrl, token: createSecret(token) }
    return examineToken(forgeSettings(settings), [repo], { fetch, clock })
  }
  return { fake, examine }
}

test('a token of Gitea', async (t) => {
  await t.test('that may do everything has no fault, and nothing was written', async (t) => {
    const { fake, examine } = await gitea(t)

    t.strictSame((await examine()).faults, [])
    t.strictSame([fake.statuses, fake.violations], [[], []])
  })

  await t.test('of a reader, with too small a scope, or of no sight has', async (t) => {
    const { fake, examine } = await gitea(t)
    fake.granted.isWriter = false
    t.match((await examine()).faults, [/may not write to acme\/deploy/])
    fake.granted.isWriter = true
    fake.granted.scope = 'read'
    t.match((await examine()).faults, [/scope write:repository/])
    fake.granted.scope = 'none'
    t.match((await examine()).faults, [/scope read:repository/])
    fake.granted.scope = 'write'
    const unseen = await examine(fake.token, 'https://git.example.com/acme/other.git')
    t.match(unseen.faults, [/does not see acme\/other/])
  })

  await t.test('that is not valid is one fault', async (t) => {
    const { examine } = await gitea(t)

    t.match((await examine('another')).faults, [/^the token is not valid/])
  })
})
