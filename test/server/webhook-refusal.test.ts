import { test } from 'tap'
import { defaultLimits } from '../../src/server/limits.ts'
import { deliver, deliverGitea, deliverGitlab } from '../support/deliver.ts'
import { webhookSecret } from '../support/forge-settings.ts'
import { giteaPush, githubPush, gitlabPush } from '../support/payloads.ts'
import { startReceiver } from '../support/receiver.ts'
import { forgejoHeaders, giteaHeaders, githubHeaders, gitlabHeaders } from '../support/sign.ts'

test('A4: a delivery that is not signed is 401, whatever is wrong with the signature', async (t) => {
  const receiver = startReceiver(t)
  const body = JSON.stringify(githubPush())
  const { 'x-hub-signature-256': signature = '', ...unsigned } = githubHeaders(body, webhookSecret)
  const signatures: Record<string, object> = {
    absent: {},
    empty: { 'x-hub-signature-256': '' },
    'empty digest': { 'x-hub-signature-256': 'sha256=' },
    twice: { 'x-hub-signature-256': [signature, signature] },
    'upper case': { 'x-hub-signature-256': signature.replace('sha256', 'SHA256') },
    'SHA-1 alone': { 'x-hub-signature': 'sha1=0000000000000000000000000000000000000000' },
    'an empty key': githubHeaders(body, ''),
    'another key': githubHeaders(body, 'another-secret-of-32-characters!'),
  }
  const answers = new Set<string>()
  for (const [name, headers] of Object.entries(signatures)) {
    const response = await receiver.app.inject({
      method: 'POST',
      url: '/webhooks/github',
      headers: { ...unsigned, ...headers },
      body,
    })
    t.equal(response.statusCode, 401, name)
    answers.add(response.body)
  }
  t.equal(answers.size, 1)
  t.same(receiver.deliveries, [])
})

test('A4: a delivery of Gitea or Forgejo that is not signed is 401', async (t) => {
  const receiver = startReceiver(t)
  const body = JSON.stringify(giteaPush())
  const { 'x-gitea-signature': signature = '', ...unsigned } = giteaHeaders(body, webhookSecret)
  const signatures: Record<string, object> = {
    absent: {},
    twice: { 'x-gitea-signature': [signature, signature] },
    'upper case': { 'x-gitea-signature': signature.toUpperCase() },
    'with an algorithm': { 'x-gitea-signature': `sha256=${signature}` },
    'no secret': giteaHeaders(body, ''),
    'no secret, Forgejo': forgejoHeaders(body, ''),
    'another key': giteaHeaders(body, 'another-secret-of-32-characters!'),
    'one empty': { 'x-gitea-signature': signature, 'x-forgejo-signature': '' },
  }
  const answers = new Set<string>()
  for (const [name, headers] of Object.entries(signatures)) {
    const sent = { ...unsigned, ...headers }
    const url = '/webhooks/gitea'
    const response = await receiver.app.inject({ method: 'POST', url, headers: sent, body })
    t.equal(response.statusCode, 401, name)
    answers.add(response.body)
  }
  t.equal(answers.size, 1)
  t.same(receiver.deliveries, [])
})

test('A5: a signature of Gitea of any length is answered by the same 401', async (t) => {
  const receiver = startReceiver(t)
  const answers = new Set<string>()

  for (const size of [0, 63, 64, 65, 1_000_000]) {
    const headers = { 'x-gitea-signature': 'a'.repeat(size) }
    const response = await deliverGitea(receiver, giteaPush(), 'push', headers)
    t.equal(response.statusCode, 401, `${size}`)
    answers.add(response.body)
  }
  t.equal(answers.size, 1)
  t.same(receiver.deliveries, [])
})

test('A5: a GitLab token of any length is answered by the same 401', async (t) => {
  const receiver = startReceiver(t)
  const answers = new Set<string>()
  const { length } = webhookSecret

  for (const size of [0, length - 1, length, length + 1, 1_000_000]) {
    const response = await deliverGitlab(receiver, gitlabPush(), 'Push Hook', {
      'x-gitlab-token': 'x'.repeat(size),
    })
    t.equal(response.statusCode, 401, `${size}`)
    answers.add(response.body)
  }
  t.equal(answers.size, 1)
  t.same(receiver.deliveries, [])
})

test('A8: the route decides who is asked to verify, not the headers', async (t) => {
  const receiver = startReceiver(t)
  const body = JSON.stringify(githubPush())
  const github = githubHeaders(body, webhookSecret)
  const gitlab = gitlabHeaders(webhookSecret)
  const post = (forge: string, headers: object) =>
    receiver.app.inject({
      method: 'POST',
      url: `/webhooks/${forge}`,
      headers: { 'content-type': 'application/json', ...headers },
      body,
    })

  t.equal((await post('gitlab', github)).statusCode, 401)
  t.equal((await post('github', gitlab)).statusCode, 401)
  t.equal((await post('gitea', github)).statusCode, 401)
  t.equal((await post('gitea', gitlab)).statusCode, 401)
  const unsigned = giteaHeaders(body, '')
  for (const forge of ['github', 'gitlab', 'gitea']) {
    t.equal((await post(forge, unsigned)).statusCode, 401)
  }
  // Gitea signs for GitHub's route too; with another secret that is no signature.
  const gitea = giteaHeaders(body, 'the-secret-of-the-gitea-route-32')
  for (const forge of ['github', 'gitlab']) t.equal((await post(forge, gitea)).statusCode, 401)
  t.equal((await post('bitbucket', github)).statusCode, 404)
  t.same(receiver.deliveries, [])
})

test('A12: any content type but JSON is 415, and the body is not looked at', async (t) => {
  const receiver = startReceiver(t)
  const types = [
    'application/json\ta',
    ' application/json;a',
    'application/json; charset=utf-16',
    'application/json, text/plain',
    'application/jsonx',
    'application/x-www-form-urlencoded',
    'text/plain',
    '',
  ]
  for (const type of types) {
    const response = await deliver(receiver, githubPush(), 'push', { 'content-type': type })
    t.equal(response.statusCode, 415, type)
  }
  t.same(receiver.deliveries, [])
  for (const type of ['application/json', 'application/json; charset=utf-8']) {
    const response = await deliver(receiver, githubPush(), 'push', { 'content-type': type })
    t.equal(response.statusCode, 202, type)
  }
})

test('A13: keys that reach a prototype are 400', async (t) => {
  const receiver = startReceiver(t)
  const bodies = [
    '{"__proto__":{"polluted":1}}',
    '{"a":{"__proto__":{"polluted":1}}}',
    '{"\\u005f_proto__":{"polluted":1}}',
    '{"constructor":{"prototype":{"polluted":1}}}',
  ]
  for (const body of bodies) {
    const response = await receiver.app.inject({
      method: 'POST',
      url: '/webhooks/github',
      headers: githubHeaders(body, webhookSecret),
      body,
    })
    t.equal(response.statusCode, 400, body)
  }
  t.equal(({} as { polluted?: number }).polluted, undefined)
  t.same(receiver.deliveries, [])
})

test('a signed body that is no JSON is 400', async (t) => {
  const { app } = startReceiver(t)

  for (const body of ['push', '{', '[1,]', '{"a":1}}', '\u0000']) {
    const headers = githubHeaders(body, webhookSecret)
    const response = await app.inject({ method: 'POST', url: '/webhooks/github', headers, body })
    t.equal(response.statusCode, 400, body)
    t.match(response.json(), { code: 'DELIVERY_MALFORMED', status: 400 })
  }
})

test('only failed verifications are limited, and a valid delivery passes beyond the limit', async (t) => {
  const receiver = startReceiver(t, { limits: { ...defaultLimits, failuresPerMinute: 3 } })
  const forged = () => deliver(receiver, githubPush(), 'push', { 'x-hub-signature-256': '' })

  for (let count = 0; count < 10; count += 1) await deliver(receiver, githubPush())
  const codes = [(await forged()).statusCode, (await forged()).statusCode]
  codes.push((await forged()).statusCode)
  const limited = await forged()

  t.same(codes, [401, 401, 401])
  t.equal(limited.statusCode, 429)
  t.match(limited.headers['retry-after'], /^\d+$/)
  t.equal((await deliver(receiver, githubPush())).statusCode, 202)
  t.equal(receiver.queued.length, 11)
})
