import { test } from 'tap'
import { createSecret } from '../../src/domain/secret.ts'
import { createForge } from '../../src/forge/create-forge.ts'
import { createGitlabVerifier } from '../../src/forge/gitlab/verify.ts'
import { forgeSettings, webhookSecret } from '../support/forge-settings.ts'
import { gitlabHeaders, gitlabSignedHeaders } from '../support/sign.ts'

const now = Date.parse('2026-01-01T00:00:00Z')
const clock = { now: () => now }
const signingToken = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const otherToken = `whsec_${Buffer.alloc(32, 8).toString('base64')}`
const body = Buffer.from('{"object_kind":"push"}')

function verifierOf(...secrets: string[]) {
  const settings = forgeSettings({ type: 'gitlab', webhookSecrets: secrets.map(createSecret) })
  return createGitlabVerifier(settings, clock)
}

test('a delivery with the token verifies', async (t) => {
  const verifier = verifierOf(webhookSecret)

  t.ok(verifier.admits(gitlabHeaders(webhookSecret)))
  t.ok(await verifier.verifies(gitlabHeaders(webhookSecret), body))
})

test('A5: a token of any other length or content is refused the same way', async (t) => {
  const verifier = verifierOf(webhookSecret)
  const tokens = [
    '',
    webhookSecret.slice(0, -1),
    `${webhookSecret}x`,
    `${webhookSecret.slice(0, -1)}x`,
    webhookSecret.toUpperCase(),
    `${webhookSecret}, ${webhookSecret}`,
    'x'.repeat(1_000_000),
  ]
  for (const token of tokens) {
    t.equal(verifier.admits(gitlabHeaders(token)), false)
    t.equal(await verifier.verifies(gitlabHeaders(token), body), false)
  }
  t.equal(verifier.admits({}), false)
})

test('a signed delivery verifies', async (t) => {
  const verifier = verifierOf(signingToken)
  const headers = gitlabSignedHeaders(body, signingToken, { now })

  t.ok(verifier.admits(headers))
  t.ok(await verifier.verifies(headers, body))
})

test('the example of the Standard Webhooks specification verifies', async (t) => {
  const settings = forgeSettings({
    type: 'gitlab',
    webhookSecrets: [createSecret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')],
  })
  const verifier = createGitlabVerifier(settings, { now: () => 1_614_265_330_000 })
  const headers = {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  }

  t.ok(await verifier.verifies(headers, Buffer.from('{"test": 2432232314}')))
})

test('one of several signatures is enough', async (t) => {
  const verifier = verifierOf(signingToken)
  const headers = gitlabSignedHeaders(body, signingToken, { now })
  const stranger = gitlabSignedHeaders(body, otherToken, { now })['webhook-signature']
  const both = { ...headers, 'webhook-signature': `${stranger} ${headers['webhook-signature']}` }

  t.ok(await verifier.verifies(both, body))
})

test('a signature over another id, time or body is refused', async (t) => {
  const verifier = verifierOf(signingToken)
  const headers = gitlabSignedHeaders(body, signingToken, { now })
  const earlier = String(Math.floor(now / 1000) - 1)

  t.notOk(await verifier.verifies({ ...headers, 'webhook-id': 'other' }, body))
  t.notOk(await verifier.verifies({ ...headers, 'webhook-timestamp': earlier }, body))
  t.notOk(await verifier.verifies(headers, Buffer.from('{"object_kind":"tag_push"}')))
  t.notOk(
    await verifier.verifies(gitlabSignedHeaders(body, otherToken, { now }), body),
    'another key',
  )
})

test('A7: a signature more than five minutes old or early is refused before the body', async (t) => {
  const verifier = verifierOf(signingToken)
  const at = (seconds: number) =>
    gitlabSignedHeaders(body, signingToken, { now: now + seconds * 1000 })

  for (const seconds of [-300, 300]) t.ok(await verifier.verifies(at(seconds), body), `${seconds}`)
  for (const seconds of [-301, 301, -86_400]) {
    t.notOk(verifier.admits(at(seconds)), `${seconds}`)
    t.notOk(await verifier.verifies(at(seconds), body), `${seconds}`)
  }
})

test('A4: signing headers that are absent or malformed are refused before the body', async (t) => {
  const verifier = verifierOf(signingToken)
  const headers = gitlabSignedHeaders(body, signingToken, { now })
  const malformed: Record<string, string>[] = [
    { 'webhook-id': '' },
    { 'webhook-timestamp': '' },
    { 'webhook-timestamp': '1e9' },
    { 'webhook-timestamp': 'NaN' },
    { 'webhook-signature': '' },
    { 'webhook-signature': 'v1,' },
    { 'webhook-signature': headers['webhook-signature']?.replace('v1,', 'v2,') ?? '' },
    { 'webhook-signature': headers['webhook-signature']?.slice(3) ?? '' },
  ]
  for (const change of malformed) {
    t.notOk(verifier.admits({ ...headers, ...change }), JSON.stringify(change))
    t.notOk(await verifier.verifies({ ...headers, ...change }, body), JSON.stringify(change))
  }
})

test('a signing token is not accepted as X-Gitlab-Token, nor a token as signing key', async (t) => {
  t.notOk(verifierOf(signingToken).admits(gitlabHeaders(signingToken)))
  t.notOk(verifierOf(webhookSecret).admits(gitlabSignedHeaders(body, signingToken, { now })))
})

test('a token and a signing token stand side by side while rotating', async (t) => {
  const verifier = verifierOf(webhookSecret, signingToken)

  t.ok(await verifier.verifies(gitlabHeaders(webhookSecret), body))
  t.ok(await verifier.verifies(gitlabSignedHeaders(body, signingToken, { now }), body))
})

test('A4: secrets that protect nothing are refused when the forge is made', async (t) => {
  const deps = { fetch, clock }
  const weak: string[][] = [
    [],
    [''],
    ['fifteen-bytes-!'],
    [webhookSecret, 'short'],
    ['whsec_not base64 at all'],
  ]

  for (const secrets of weak) {
    const settings = forgeSettings({ type: 'gitlab', webhookSecrets: secrets.map(createSecret) })
    t.throws(() => createForge(settings, deps), { code: 'CONFIG_INVALID' }, secrets.join())
  }
})
