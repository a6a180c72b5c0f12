import { test } from 'tap'
import { StageError } from '../../src/domain/error.ts'
import { defaultLimits } from '../../src/server/limits.ts'
import { deliver, deliverGitea, deliverGitlab } from '../support/deliver.ts'
import { webhookSecret } from '../support/forge-settings.ts'
import { githubExamples } from '../support/github-examples.ts'
import {
  giteaPullRequest,
  giteaPush,
  githubPullRequest,
  githubPush,
  gitlabMergeRequest,
  gitlabPush,
} from '../support/payloads.ts'
import { startReceiver } from '../support/receiver.ts'
import { githubHeaders } from '../support/sign.ts'

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

test('a push of Gitea queues the application, its test delivery nothing', async (t) => {
  const receiver = startReceiver(t)
  const zero = '0'.repeat(40)
  const id = { 'x-gitea-delivery': 'guid-1' }

  const response = await deliverGitea(receiver, giteaPush(), 'push', id)
  const tried = await deliverGitea(receiver, giteaPush({ before: zero, after: zero }))

  t.equal(response.statusCode, 202)
  t.same(response.json(), { delivery: 'guid-1', accepted: 1 })
  t.equal(tried.statusCode, 202)
  t.match(tried.json(), { accepted: 0, ignored: 'ping' })
  t.same(receiver.queued, ['docs'])
})

test('a merge queues the same application as the push it causes', async (t) => {
  const receiver = startReceiver(t)

  await deliver(receiver, githubPullRequest('closed', true), 'pull_request')
  await deliverGitlab(receiver, gitlabMergeRequest('merge'), 'Merge Request Hook')
  await deliverGitea(receiver, giteaPullRequest('closed', true), 'pull_request')

  t.same(receiver.queued, ['task-agent', 'web', 'docs'])
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

test('A9: a repository no application tracks is acknowledged and queues nothing', async (t) => {
  const receiver = startReceiver(t)
  const payload = withoutSsh(githubPush({ repo: 'https://github.com/stranger/deploy.git' }))

  const response = await deliver(receiver, payload)

  t.equal(response.statusCode, 202)
  t.match(response.json(), { accepted: 0, ignored: 'no application tracks this repository' })
  t.same(receiver.queued, [])
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
