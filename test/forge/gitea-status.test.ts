import { type Test, test } from 'tap'
import { createForge } from '../../src/forge/create-forge.ts'
import { startFakeGitea } from '../support/fake-gitea.ts'
import { aStatus, contractTime, failure, settingsOf } from '../support/status-contract.ts'

const { signal } = new AbortController()

async function begin(t: Test) {
  const fake = await startFakeGitea()
  t.teardown(() => fake.close())
  const settings = { ...settingsOf('gitea', fake), url: `${fake.url}/git` }
  const forge = createForge(settings, { fetch, clock: { now: () => contractTime } })
  const post = (repo = `${fake.url}/git/acme/deploy.git`) =>
    forge.postStatus(repo, aStatus(), signal)
  return { fake, post }
}

test('the token is sent as Gitea and Forgejo document it', async (t) => {
  const { fake, post } = await begin(t)

  await post()

  t.match(fake.requests, [
    { method: 'POST', headers: { authorization: `token ${fake.token}`, 'user-agent': 'landfall' } },
  ])
})

test('a repository of an instance below a path is named without it, however it is written', async (t) => {
  const { fake, post } = await begin(t)

  await post()
  await post('ssh://git@gitea.example.com:2222/acme/deploy.git')
  await post('git@gitea.example.com:acme/deploy')

  t.strictSame(
    fake.statuses.map(({ repo }) => repo),
    ['acme/deploy', 'acme/deploy', 'acme/deploy'],
  )
})

test('a path with what has a meaning in URLs stays one repository', async (t) => {
  const { fake, post } = await begin(t)

  await post(`${fake.url}/git/acme/de%3Fploy%23.git`)

  t.match(fake.requests, [{ path: `/api/v1/repos/acme/de%3Fploy%23/statuses/${aStatus().sha}` }])
})

test('a repository below more than an owner is rejected before any request', async (t) => {
  const { fake, post } = await begin(t)

  t.match(await failure(post(`${fake.url}/git/a/b/c.git`)), {
    code: 'FORGE_REJECTED',
    text: /no owner\/name/,
  })
  t.equal(fake.requests.length, 0)
})

test('a token without the scope is told what Gitea says of it', async (t) => {
  const { fake, post } = await begin(t)
  const message =
    'token does not have at least one of required scope(s), required=[write:repository], token scope=read:repository'
  fake.answerNext({ status: 403, body: { message } })

  t.match(await failure(post()), { code: 'FORGE_DENIED', text: /required=\[write:repository\]/ })
})
