import fc from 'fast-check'
import { type Test, test } from 'tap'
import { defaultLimits } from '../../src/server/limits.ts'
import { webhookSecret } from '../support/forge-settings.ts'
import { githubExamples } from '../support/github-examples.ts'
import {
  giteaPullRequest,
  giteaPush,
  githubPullRequest,
  gitlabMergeRequest,
  gitlabPush,
} from '../support/payloads.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import { giteaHeaders, githubHeaders, gitlabHeaders } from '../support/sign.ts'

type Path = readonly string[]

const documented = new Set([202, 400])

// Every value of JSON, and one long enough to matter; undefined removes the field.
const replacement = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, true, 0, -1, 1e308, '', [], {}, 'x'.repeat(1_000_000)),
  fc.jsonValue(),
)

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  const below = Object.entries(value).flatMap(([key, item]) => pathsOf(item, [...path, key]))
  return [path, ...below]
}

function replaced(value: unknown, path: Path, next: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined || typeof value !== 'object' || value === null) return next
  const entries = Object.entries(value).map(([name, item]) =>
    name === key ? [name, replaced(item, rest, next)] : [name, item],
  )
  return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries)
}

async function everyFieldChanged(
  t: Test,
  payload: unknown,
  post: (receiver: Receiver, body: string) => Promise<number>,
): Promise<void> {
  const receiver = startReceiver(t)
  const paths = pathsOf(payload)
  const property = fc.asyncProperty(fc.constantFrom(...paths), replacement, async (path, next) => {
    const body = JSON.stringify(replaced(payload, path, next)) ?? 'null'
    return documented.has(await post(receiver, body))
  })
  await t.resolves(fc.assert(property, { numRuns: 300 }))

  for (const path of paths) {
    for (const next of [undefined, null, 0, 'x', [], {}]) {
      const status = await post(receiver, JSON.stringify(replaced(payload, path, next)) ?? 'null')
      if (!documented.has(status)) t.fail(`${path.join('.')}: ${status}`)
    }
  }
}

function postGithub(event: string) {
  return async ({ app }: Receiver, body: string) => {
    const headers = githubHeaders(body, webhookSecret, event)
    const response = await app.inject({ method: 'POST', url: '/webhooks/github', headers, body })
    return response.statusCode
  }
}

async function postGitlab({ app }: Receiver, body: string) {
  const headers = gitlabHeaders(webhookSecret)
  const response = await app.inject({ method: 'POST', url: '/webhooks/gitlab', headers, body })
  return response.statusCode
}

function postGitea(event: string) {
  return async ({ app }: Receiver, body: string) => {
    const headers = giteaHeaders(body, webhookSecret, event)
    const response = await app.inject({ method: 'POST', url: '/webhooks/gitea', headers, body })
    return response.statusCode
  }
}

test('A2: a push of GitHub with any field changed is 202 or 400', async (t) => {
  const pushes = githubExamples.find(({ name }) => name === 'push')?.examples ?? []
  t.ok(pushes.length > 0)

  await everyFieldChanged(t, pushes[0], postGithub('push'))
})

test('A2: a pull request with any field changed is 202 or 400', (t) =>
  everyFieldChanged(t, githubPullRequest('closed', true), postGithub('pull_request')))

test('A2: a push of GitLab with any field changed is 202 or 400', (t) =>
  everyFieldChanged(t, gitlabPush(), postGitlab))

test('A2: a merge request with any field changed is 202 or 400', (t) =>
  everyFieldChanged(t, gitlabMergeRequest('merge'), postGitlab))

test('A2: a push of Gitea with any field changed is 202 or 400', (t) =>
  everyFieldChanged(t, giteaPush(), postGitea('push')))

test('A2: a pull request of Gitea with any field changed is 202 or 400', (t) =>
  everyFieldChanged(t, giteaPullRequest('closed', true), postGitea('pull_request')))

test('A2: any signed bytes are answered 202, 400 or 401', async (t) => {
  const limits = { ...defaultLimits, failuresPerMinute: Number.POSITIVE_INFINITY }
  const { app } = startReceiver(t, { limits })
  const sign = { github: githubHeaders, gitea: giteaHeaders }
  const property = fc.asyncProperty(
    fc.constantFrom('github' as const, 'gitea' as const),
    fc.uint8Array({ minLength: 1 }),
    async (forge, bytes) => {
      const body = Buffer.from(bytes)
      const headers = sign[forge](body, webhookSecret)
      const url = `/webhooks/${forge}`
      const response = await app.inject({ method: 'POST', url, headers, body })
      // Bytes that are no UTF-8 are no text GitHub signs.
      return documented.has(response.statusCode) || response.statusCode === 401
    },
  )

  await t.resolves(fc.assert(property, { numRuns: 300 }))
})

test('A2: any headers are answered from the documented set', async (t) => {
  const receiver = startReceiver(t)
  const names = fc.constantFrom(
    'x-hub-signature-256',
    'x-github-event',
    'x-github-delivery',
    'x-gitlab-token',
    'x-gitlab-event',
    'x-gitea-signature',
    'x-forgejo-signature',
    'x-gitea-event',
    'x-gitea-delivery',
    'webhook-id',
    'webhook-timestamp',
    'webhook-signature',
    'content-type',
    'idempotency-key',
  )
  const values = fc.string({ unit: 'grapheme-ascii' })
  const expected = new Set([202, 400, 401, 415, 429])
  const property = fc.asyncProperty(
    fc.constantFrom('github', 'gitlab', 'gitea'),
    fc.dictionary(names, values),
    async (forge, headers) => {
      const response = await receiver.app.inject({
        method: 'POST',
        url: `/webhooks/${forge}`,
        headers,
        body: '{}',
      })
      return expected.has(response.statusCode)
    },
  )

  await t.resolves(fc.assert(property, { numRuns: 300 }))
  t.same(receiver.queued, [])
})
