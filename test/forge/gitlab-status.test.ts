import { type Test, test } from 'tap'
import { createSecret } from '../../src/domain/secret.ts'
import { createForge } from '../../src/forge/create-forge.ts'
import { startFakeGitlab } from '../support/fake-gitlab.ts'
import { forgeSettings } from '../support/forge-settings.ts'
import { aStatus } from '../support/status-contract.ts'

const { signal } = new AbortController()

async function begin(t: Test) {
  const fake = await startFakeGitlab()
  t.teardown(() => fake.close())
  const settings = forgeSettings({
    key: 'gitlab',
    type: 'gitlab',
    url: `${fake.url}/gitlab`,
    apiUrl: fake.apiUrl,
    token: createSecret(fake.token),
  })
  return { fake, forge: createForge(settings, { fetch, clock: { now: () => 0 } }) }
}

test('the same state twice counts as posted', async (t) => {
  const { fake, forge } = await begin(t)
  const pending = aStatus({ state: 'pending' })

  await forge.postStatus('https://gitlab.com/acme/deploy.git', pending, signal)
  await forge.postStatus('https://gitlab.com/acme/deploy.git', pending, signal)

  t.equal(fake.requests.length, 2)
  t.equal(fake.statuses.length, 1)
})

test('pending, then success, is one status that ends', async (t) => {
  const { fake, forge } = await begin(t)

  await forge.postStatus('https://gitlab.com/acme/deploy', aStatus({ state: 'pending' }), signal)
  await forge.postStatus('https://gitlab.com/acme/deploy', aStatus({ state: 'success' }), signal)

  t.match(
    fake.statuses.map(({ state }) => state),
    ['pending', 'success'],
  )
})

test('the branch is sent by its short name, slashes and all', async (t) => {
  const { fake, forge } = await begin(t)

  await forge.postStatus('git@gitlab.com:acme/deploy.git', aStatus(), signal)

  t.equal(fake.statuses[0]?.ref, 'release/1.x')
  t.same(fake.violations, [])
})

test('a project in subgroups below a relative URL is named by its whole path', async (t) => {
  const { fake, forge } = await begin(t)

  await forge.postStatus(`${fake.url}/gitlab/acme/platform/deploy.git`, aStatus(), signal)

  t.equal(fake.statuses[0]?.repo, 'acme/platform/deploy')
})
