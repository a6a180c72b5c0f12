import { test } from 'tap'
import { StageError } from '../../src/domain/error.ts'
import { defaultLimits } from '../../src/server/limits.ts'
import { webhookSecret } from '../support/forge-settings.ts'
import { githubExamples } from '../support/github-examples.ts'
import {
  githubPullRequest,
  githubPush,
  gitlabMergeRequest,
  gitlabPush,
} from '../support/payloads.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import { githubHeaders, gitlabHeaders } from '../support/sign.ts'

function deliver(receiver: Receiver, payload: unknown, event = 'push', headers = {}) {
  const body = JSON.stringify(payload)
  return receiver.app.inject({
    method: 'POST',
    url: '/webhooks/github',
    headers: { ...githubHeaders(body, webhookSecret, event), ...headers },
    body,
  })
}

function deliverGitlab(receiver: Receiver, payload: unknown, event = 'Push Hook', headers = {}) {
  return receiver.app.inject({
    method: 'POST',
    url: '/webhooks/gitlab',
    headers: { ...gitlabHeaders(webhookSecret, event), ...headers },
    body: JSON.stringify(payload),
  })
}

test('a signed push queues the application and names the delivery', async (t) => {
  const receiver = startReceiver(t)

  const response = await deliver(receiver, githubPush(), 'push', { 'x-github-delivery': 'guid-1' })

  t.equal(response.statusCode, 202)
  t.same(response.json(), { delivery: 'guid-1', accepted: 1 })
  t.same(receiver.queued, ['task-agent'])
})

test('a push of GitLab queues the application', async (t) => {
  const receiver = startReceiver(t)

  const response = await deliverGitlab(receiver, gitlabPush())

  t.equal(response.statusCode, 202)
  t.match(response.json(), { accepted: 1 })
  t.same(receiver.queued, ['web'])
})

test('a merge queues the same application as the push it causes', async (t) => {
  const receiver = startReceiver(t)

  await deliver(receiver, githubPullRequest('closed', true), 'pull_request')
  await deliverGitlab(receiver, gitlabMergeRequest('merge'), 'Merge Request Hook')

  t.same(receiver.queued, ['task-agent', 'web'])
})

test('what deploys nothing is acknowledged with the reason', async (t) => {
  const receiver = startReceiver(t)
  const cases: [string, string, unknown][] = [
    ['ping', 'ping', { zen: 'Design for failure.' }],
    ['a tag was pushed', 'push', githubPush({ ref: 'refs/tags/main' })],
    ['the branch was deleted', 'push', githubPush({ after: '0'.repeat(40) })],
    ['no application tracks this branch', 'push', githubPush({ ref: 'refs/heads/dev' })],
    ['no application tracks this repository', 'push', githubPush({ repo: 'https://x.io/a/b' })],
    ['the pull request is not merged', 'pull_request', githubPullRequest('opened', false)],
    ['events of this kind deploy nothing', 'issues', { action: 'opened' }],
  ]
  for (const [reason, event, payload] of cases) {
    const response = await deliver(receiver, withoutSsh(payload), event)
    t.equal(response.statusCode, 202, reason)
    t.match(response.json(), { accepted: 0, ignored: reason })
  }
  t.same(receiver.queued, [])
})

test('B3: an open pull request of a fork with a head named main queues nothing', async (t) => {
  const receiver = startReceiver(t)
  const payload = githubPullRequest('opened', false, 'stranger/deploy')

  const response = await deliver(receiver, payload, 'pull_request')

  t.equal(response.statusCode, 202)
  t.same(receiver.queued, [])
})

test('every published payload of GitHub is answered 202', async (t) => {
  const receiver = startReceiver(t)

  for (const { name, examples } of githubExamples) {
    for (const payload of examples) {
      const response = await deliver(receiver, payload, name)
      t.equal(response.statusCode, 202, name)
    }
  }
  t.same(receiver.queued, [])
})

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

test('A6: the event carries no commit to deploy but hints, and the reply names no application', async (t) => {
  const receiver = startReceiver(t)

  const response = await deliver(receiver, githubPush({ after: 'f'.repeat(40) }))

  t.notMatch(response.body, /task-agent/)
  t.same(receiver.queued, ['task-agent'])
})

test('A6: only POST is received', async (t) => {
  const { app } = startReceiver(t)

  for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const) {
    const response = await app.inject({ method, url: '/webhooks/github' })
    t.equal(response.statusCode, 405, method)
    t.equal(response.headers.allow, 'POST')
  }
})

test('A7: a redelivery of what was queued queues nothing more', async (t) => {
  const receiver = startReceiver(t)
  const headers = { 'x-github-delivery': 'guid-1' }

  await deliver(receiver, githubPush(), 'push', headers)
  const again = await deliver(receiver, githubPush(), 'push', headers)

  t.equal(again.statusCode, 202)
  t.match(again.json(), { delivery: 'guid-1', accepted: 0, ignored: /received before/ })
  t.same(receiver.queued, ['task-agent'])
})

test('A7: what got 503 is processed when it is delivered again', async (t) => {
  let redis = false
  const { app } = startReceiver(t, {
    intake: {
      async accept() {
        if (redis) return { kind: 'accepted', applications: 1 }
        throw new StageError('QUEUE_UNAVAILABLE', 'connect ECONNREFUSED')
      },
    },
  })
  const body = JSON.stringify(githubPush())
  const headers = githubHeaders(body, webhookSecret)
  const post = () => app.inject({ method: 'POST', url: '/webhooks/github', headers, body })

  const refused = await post()
  redis = true
  const accepted = await post()

  t.equal(refused.statusCode, 503)
  t.match(refused.headers['retry-after'], /^\d+$/)
  t.match(refused.json(), { code: 'QUEUE_UNAVAILABLE' })
  t.notMatch(refused.body, /ECONNREFUSED/)
  t.match(accepted.json(), { accepted: 1 })
})

test('a queue that never answers is 503 within its time', async (t) => {
  const { app } = startReceiver(t, {
    intake: { accept: () => new Promise(() => undefined) },
    limits: { ...defaultLimits, answerMs: 50 },
  })
  const body = JSON.stringify(githubPush())

  const response = await app.inject({
    method: 'POST',
    url: '/webhooks/github',
    headers: githubHeaders(body, webhookSecret),
    body,
  })

  t.equal(response.statusCode, 503)
  t.ok(response.headers['retry-after'])
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
  const giteaLike = { ...github, 'x-hub-signature-256': 'sha256=', 'x-gitea-signature': '' }
  t.equal((await post('github', giteaLike)).statusCode, 401)
  t.equal((await post('bitbucket', github)).statusCode, 404)
  t.same(receiver.deliveries, [])
})

test('A9: a repository no application tracks is acknowledged and queues nothing', async (t) => {
  const receiver = startReceiver(t)
  const payload = withoutSsh(githubPush({ repo: 'https://github.com/stranger/deploy.git' }))

  const response = await deliver(receiver, payload)

  t.equal(response.statusCode, 202)
  t.match(response.json(), { accepted: 0, ignored: 'no application tracks this repository' })
  t.same(receiver.queued, [])
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

test('deliveries are counted by forge and outcome', async (t) => {
  const receiver = startReceiver(t)

  await deliver(receiver, githubPush())
  await deliver(receiver, githubPush({ ref: 'refs/tags/v1' }))
  await deliver(receiver, {})
  await deliver(receiver, githubPush(), 'push', { 'x-hub-signature-256': '' })
  await deliver(receiver, githubPush(), 'push', { 'content-type': 'text/plain' })
  await receiver.app.inject({ method: 'POST', url: '/webhooks/no%0Asuch' })
  const { body } = await receiver.app.inject('/metrics')

  for (const [forge, outcome] of [
    ['github', 'accepted'],
    ['github', 'ignored'],
    ['github', 'malformed'],
    ['github', 'unauthenticated'],
    ['github', 'refused'],
    ['unknown', 'refused'],
  ]) {
    const line = `landfall_webhook_deliveries_total{forge="${forge}",outcome="${outcome}"} 1`
    t.ok(body.includes(line), line)
  }
  t.match(body, /landfall_webhook_duration_seconds_count 6/)
})

test('the log tells each delivery and never a secret', async (t) => {
  const receiver = startReceiver(t)

  await deliver(receiver, githubPush())
  await deliverGitlab(receiver, gitlabPush())
  await deliverGitlab(receiver, gitlabPush(), 'Push Hook', { 'x-gitlab-token': 'wrong-token' })

  const log = receiver.logLines.join('')
  t.match(log, /"repository":"42","ref":"refs\/heads\/main"/)
  t.match(log, /delivery failed verification/)
  t.notMatch(log, new RegExp(`${webhookSecret}|wrong-token`))
})

test('a delivery without an id of its own is received', async (t) => {
  const receiver = startReceiver(t)

  const response = await deliver(receiver, githubPush(), 'push', { 'x-github-delivery': '../../x' })

  t.same(response.json(), { delivery: null, accepted: 1 })
})

function withoutSsh(payload: unknown): unknown {
  return JSON.parse(JSON.stringify(payload), (key, value) =>
    key === 'ssh_url' ? 'git@example.com:stranger/deploy.git' : value,
  )
}
