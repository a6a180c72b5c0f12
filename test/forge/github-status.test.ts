import { randomUUID } from 'node:crypto'
import { type Test, test } from 'tap'
import { createSecret } from '../../src/domain/secret.ts'
import { createForge } from '../../src/forge/create-forge.ts'
import { startFakeGithub } from '../support/fake-github.ts'
import { forgeSettings } from '../support/forge-settings.ts'
import { aStatus, failure } from '../support/status-contract.ts'

const now = Date.parse('2026-01-01T00:00:00Z')
const { signal } = new AbortController()

async function begin(t: Test) {
  const fake = await startFakeGithub()
  t.teardown(() => fake.close())
  const settings = forgeSettings({
    key: randomUUID(),
    url: fake.url,
    apiUrl: fake.apiUrl,
    token: createSecret(fake.token),
  })
  const forge = createForge(settings, { fetch, clock: { now: () => now } })
  return { fake, post: () => forge.postStatus(`${fake.url}/acme/deploy`, aStatus(), signal) }
}

test('the 1001st status of a commit and context is rejected for good', async (t) => {
  const { fake, post } = await begin(t)
  fake.countBefore('acme/deploy', aStatus().sha, aStatus().context, 1000)

  const error = await failure(post())

  t.match(error, { code: 'FORGE_REJECTED', retry: { kind: 'never' }, text: /maximum number/ })
})

test('a commit GitHub does not know yet is retried', async (t) => {
  const { fake, post } = await begin(t)
  const message = `No commit found for SHA: ${aStatus().sha}`
  fake.answerNext({ status: 422, body: { message } })

  t.match(await failure(post()), { code: 'FORGE_REJECTED', retry: { kind: 'backoff' } })
})

test('an exhausted quota waits for its reset', async (t) => {
  const { fake, post } = await begin(t)
  const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now / 1000 + 120) }
  fake.answerNext({ status: 403, headers, body: { message: 'API rate limit exceeded' } })

  t.match(await failure(post()), { code: 'FORGE_THROTTLED', retry: { kind: 'after', ms: 121_000 } })
})

test('a secondary limit waits as long as it says, else a minute', async (t) => {
  const body = { message: 'You have exceeded a secondary rate limit.' }
  const said = await begin(t)
  said.fake.answerNext({ status: 403, headers: { 'retry-after': '5' }, body })
  const unsaid = await begin(t)
  unsaid.fake.answerNext({ status: 403, body })

  t.match(await failure(said.post()), { retry: { kind: 'after', ms: 5_000 } })
  t.match(await failure(unsaid.post()), { retry: { kind: 'after', ms: 60_000 } })
})

test('a repository below more than an owner is rejected before any request', async (t) => {
  const { fake } = await begin(t)
  const settings = forgeSettings({ url: fake.url, apiUrl: fake.apiUrl })
  const forge = createForge(settings, { fetch, clock: { now: () => now } })

  const error = await failure(forge.postStatus(`${fake.url}/a/b/c.git`, aStatus(), signal))

  t.match(error, { code: 'FORGE_REJECTED', text: /no owner\/name/ })
  t.equal(fake.requests.length, 0)
})

test('a post that waits behind others ends when it is aborted', async (t) => {
  const fake = await startFakeGithub()
  t.teardown(() => fake.close())
  const key = randomUUID()
  const settings = forgeSettings({ key, apiUrl: fake.apiUrl, token: createSecret(fake.token) })
  const forge = createForge(settings, { fetch, clock: { now: () => now } })
  const controller = new AbortController()
  const post = (s: AbortSignal) => forge.postStatus('git@github.com:acme/deploy.git', aStatus(), s)

  await post(signal)
  const waiting = failure(post(controller.signal))
  controller.abort()

  t.match(await waiting, { code: 'FORGE_UNREACHABLE' })
  t.equal(fake.statuses.length, 1)
})
