import { test } from 'tap'
import type { ForgeEvent } from '../../src/domain/event.ts'
import { readGithubEvent } from '../../src/forge/github/event.ts'
import { githubExamples } from '../support/github-examples.ts'
import { githubPullRequest, githubPush } from '../support/payloads.ts'

const read = (name: string, payload: unknown): ForgeEvent =>
  readGithubEvent({ 'x-github-event': name }, payload)

test('a push names its repository, full ref and both ends', async (t) => {
  t.same(read('push', githubPush()), {
    kind: 'push',
    repository: {
      id: '42',
      urls: ['https://github.com/acme/deploy.git', 'git@github.com:acme/deploy.git'],
    },
    ref: 'refs/heads/main',
    before: '1'.repeat(40),
    after: '2'.repeat(40),
  })
})

test('a ping is a ping', async (t) => {
  t.same(read('ping', { zen: 'Speak like a human.' }), { kind: 'ping' })
})

test('B1: a tag is ignored, whatever branch it is named like', async (t) => {
  for (const ref of ['refs/tags/main', 'refs/tags/refs/heads/main']) {
    t.same(read('push', githubPush({ ref })), { kind: 'ignored', reason: 'a tag was pushed' })
  }
})

test('a ref that is neither branch nor tag is ignored', async (t) => {
  const ref = 'refs/pull/7/head'
  t.same(read('push', githubPush({ ref })), { kind: 'ignored', reason: 'the ref is no branch' })
})

test('B4: the deletion of a branch is ignored, in both lengths of the zero id', async (t) => {
  for (const length of [40, 64]) {
    const after = '0'.repeat(length)
    t.same(read('push', githubPush({ after })), {
      kind: 'ignored',
      reason: 'the branch was deleted',
    })
  }
})

test('a created branch and a force push are pushes', async (t) => {
  t.match(read('push', githubPush({ before: '0'.repeat(40) })), { kind: 'push' })
  t.match(read('push', { ...githubPush(), forced: true }), { kind: 'push' })
})

test('a merged pull request names the branch that received it', async (t) => {
  t.match(read('pull_request', githubPullRequest('closed', true)), {
    kind: 'merged',
    ref: 'refs/heads/main',
    repository: { id: '42' },
  })
})

test('a merged pull request of a fork names the repository that received it', async (t) => {
  const event = read('pull_request', githubPullRequest('closed', true, 'stranger/deploy'))

  t.match(event, { kind: 'merged', repository: { id: '42' } })
})

test('B3: a pull request that is not merged is ignored, also a fork with a head named main', async (t) => {
  const actions = ['opened', 'synchronize', 'reopened', 'labeled', 'closed']
  for (const action of actions) {
    const payload = githubPullRequest(action, false, 'stranger/deploy')
    t.match(read('pull_request', payload), { kind: 'ignored' }, action)
  }
  t.match(read('pull_request', githubPullRequest('labeled', true)), { kind: 'ignored' })
})

test('every published example is read or ignored', async (t) => {
  for (const { name, examples: payloads } of githubExamples) {
    for (const payload of payloads) {
      const event = read(name, payload)
      const expected = name === 'push' ? ['push', 'ignored'] : ['ping', 'merged', 'ignored']
      t.ok(expected.includes(event.kind), `${name} is ${event.kind}`)
    }
  }
})

test('a delivery without an event or with a wrong payload is DELIVERY_MALFORMED', async (t) => {
  const malformed = { code: 'DELIVERY_MALFORMED' }

  t.throws(() => readGithubEvent({}, githubPush()), malformed)
  for (const payload of [null, [], 'push', 1, {}, githubPullRequest('closed', true)]) {
    t.throws(() => read('push', payload), malformed, JSON.stringify(payload))
  }
  t.throws(() => read('pull_request', githubPush()), malformed)
  t.throws(() => read('push', githubPush({ ref: 'main' })), malformed)
  t.throws(() => read('push', githubPush({ after: '--upload-pack=x' })), malformed)
  t.throws(() => read('push', githubPush({ repo: 'x'.repeat(3000) })), malformed)
})
