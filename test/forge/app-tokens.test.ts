import { type Test, test } from 'tap'
import type { GithubApp } from '../../src/domain/github-app.ts'
import { createSecret } from '../../src/domain/secret.ts'
import { createAppTokens } from '../../src/forge/app-tokens.ts'
import { createPoster } from '../../src/forge/create-forge.ts'
import { startFakeGithub } from '../support/fake-github.ts'
import { forgeSettings } from '../support/forge-settings.ts'

const noSignal = new AbortController().signal
const hourMs = 3_600_000
const sha = 'a'.repeat(40)

async function rig(t: Test) {
  const fake = await startFakeGithub()
  t.teardown(() => fake.close())
  let laterMs = 0
  const clock = { now: () => Date.now() + laterMs }
  const installed = { id: '4711', installationId: 42, now: clock.now }
  const { privateKey, issued } = fake.tokens.install(installed)
  const app: GithubApp = {
    id: '4711',
    installationId: 42,
    privateKey: createSecret(privateKey),
    apiUrl: fake.apiUrl,
  }
  const told: string[] = []
  const tokens = createAppTokens({
    fetch,
    clock,
    onToken: (token) => void told.push(token.reveal()),
  })
  const tokenOf = async (which = app) => (await tokens.tokenOf(which, noSignal)).reveal()
  const later = (ms: number) => {
    laterMs += ms
  }
  return { fake, app, issued, told, tokens, tokenOf, later, clock }
}

const status = {
  sha,
  ref: 'refs/heads/main',
  state: 'success',
  context: 'landfall/web',
  description: 'applied',
  targetUrl: undefined,
} as const

test('the tokens of a GitHub App', async (t) => {
  await t.test('are made with a signed word of its key, once for many at a time', async (t) => {
    const { tokenOf, issued, told } = await rig(t)
    const [first, second] = await Promise.all([tokenOf(), tokenOf()])

    t.equal(first, second)
    t.strictSame(issued, [first])
    t.strictSame(told, issued)
  })

  await t.test('are kept, and renewed before they end', async (t) => {
    const { tokenOf, issued, later } = await rig(t)
    const first = await tokenOf()
    later(hourMs / 2)
    t.equal(await tokenOf(), first)
    later(hourMs / 3)

    t.not(await tokenOf(), first)
    t.equal(issued.length, 2)
  })

  await t.test('are not given again once they were refused', async (t) => {
    const { tokens, app, issued, tokenOf } = await rig(t)
    const first = await tokens.tokenOf(app, noSignal)
    const second = await tokens.tokenOf(app, noSignal, first)

    t.not(second.reveal(), first.reveal())
    t.equal(await tokenOf(), second.reveal())
    t.equal((await tokens.tokenOf(app, noSignal, first)).reveal(), second.reveal())
    t.equal(issued.length, 2)
  })

  await t.test('R25: are made anew when the clock was set back', async (t) => {
    const { tokenOf, issued, later } = await rig(t)
    await tokenOf()
    later(-hourMs)
    await tokenOf()

    t.equal(issued.length, 2)
  })

  await t.test('are not shared by servers that number their installations alike', async (t) => {
    const one = await rig(t)
    const other = await rig(t)
    await Promise.all([one.tokenOf(), one.tokenOf(other.app)])

    t.equal(one.issued.length, 1)
    t.equal(other.issued.length, 1)
  })

  await t.test('are denied to another key or another installation', async (t) => {
    const { tokens, app } = await rig(t)
    const stranger = { ...app, id: '4712' }
    const elsewhere = { ...app, installationId: 43 }

    await t.rejects(tokens.tokenOf(stranger, noSignal), { code: 'FORGE_DENIED' })
    await t.rejects(tokens.tokenOf(elsewhere, noSignal), { code: 'FORGE_REJECTED' })
  })

  await t.test('are not waited for beyond a signal, and asked for again later', async (t) => {
    const { fake, tokens, app, tokenOf } = await rig(t)
    fake.isAway = true
    await t.rejects(tokenOf(), { code: 'FORGE_UNREACHABLE' })
    await t.rejects(tokens.tokenOf(app, AbortSignal.abort(new Error('stopped'))), /stopped/)
    fake.isAway = false

    t.match(await tokenOf(), /^ghs_/)
  })

  await t.test('post a status once more where one was revoked, and no third time', async (t) => {
    const { fake, app, tokens, clock, issued } = await rig(t)
    const settings = forgeSettings({ apiUrl: fake.apiUrl, token: undefined, app })
    const poster = createPoster(settings, { fetch, clock, appToken: tokens.tokenOf })
    const post = () => poster.postStatus('https://github.com/acme/deploy.git', status, noSignal)
    await tokens.tokenOf(app, noSignal)
    fake.tokens.revokeAll()
    await post()
    t.equal(fake.statuses.length, 1)
    t.equal(issued.length, 2)

    fake.tokens.takeNone()
    await t.rejects(post(), { code: 'FORGE_DENIED' })
    t.equal(issued.length, 3)
    t.equal(fake.statuses.length, 1)
  })

  await t.test('post statuses, each with a token that still lives', async (t) => {
    const { fake, app, tokens, clock, issued, later } = await rig(t)
    const settings = forgeSettings({ apiUrl: fake.apiUrl, token: undefined, app })
    const poster = createPoster(settings, { fetch, clock, appToken: tokens.tokenOf })
    const post = (description: string) =>
      poster.postStatus('https://github.com/acme/deploy.git', { ...status, description }, noSignal)
    await post('first')
    later(hourMs)
    await post('second')

    t.strictSame(
      fake.statuses.map(({ description }) => description),
      ['first', 'second'],
    )
    t.equal(issued.length, 2)
    t.strictSame(fake.violations, [])
  })
})
