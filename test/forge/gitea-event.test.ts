import { test } from 'tap'
import type { ForgeEvent } from '../../src/domain/event.ts'
import { readGiteaEvent } from '../../src/forge/gitea/event.ts'
import { giteaPullRequest, giteaPush } from '../support/payloads.ts'

const read = (name: string, payload: unknown): ForgeEvent =>
  readGiteaEvent({ 'x-gitea-event': name }, payload)

test('a push names its repository, full ref and both ends', async (t) => {
  t.same(read('push', giteaPush()), {
    kind: 'push',
    repository: {
      id: '42',
      urls: ['https://gitea.example.com/acme/deploy.git', 'git@gitea.example.com:acme/deploy.git'],
    },
    ref: 'refs/heads/main',
    before: '1'.repeat(40),
    after: '2'.repeat(40),
  })
})

test('Forgejo names the event in a header of its own', async (t) => {
  t.match(readGiteaEvent({ 'x-forgejo-event': 'push' }, giteaPush()), { kind: 'push' })
})

test('A8: the event that is named for other forges does not count', async (t) => {
  const headers = { 'x-github-event': 'push', 'x-gogs-event': 'push' }

  t.throws(() => readGiteaEvent(headers, giteaPush()), { code: 'DELIVERY_MALFORMED' })
})

test('the push that the test button sends is a ping', async (t) => {
  const zero = '0'.repeat(40)

  t.same(read('push', giteaPush({ before: zero, after: zero })), { kind: 'ping' })
})

test('B1: a tag is ignored, whatever branch it is named like', async (t) => {
  for (const ref of ['refs/tags/main', 'refs/tags/refs/heads/main']) {
    t.same(read('push', giteaPush({ ref })), { kind: 'ignored', reason: 'a tag was pushed' })
  }
})

test('a ref that is neither branch nor tag is ignored', async (t) => {
  const ref = 'refs/for/main/topic'
  t.same(read('push', giteaPush({ ref })), { kind: 'ignored', reason: 'the ref is no branch' })
})

test('B4: the deletion of a branch is ignored, as an event of its own and as a push', async (t) => {
  const { repository } = giteaPush()
  const deletion = { ref: 'main', ref_type: 'branch', pusher_type: 'user', repository }

  t.match(read('delete', deletion), { kind: 'ignored', reason: 'a branch or a tag was deleted' })
  for (const length of [40, 64]) {
    const after = '0'.repeat(length)
    t.same(read('push', giteaPush({ after })), {
      kind: 'ignored',
      reason: 'the branch was deleted',
    })
  }
})

test('the first push of a branch is a push', async (t) => {
  t.match(read('push', giteaPush({ before: '0'.repeat(40) })), { kind: 'push' })
})

test('a merged pull request names the branch that received it', async (t) => {
  t.match(read('pull_request', giteaPullRequest('closed', true)), {
    kind: 'merged',
    ref: 'refs/heads/main',
    repository: { id: '42' },
  })
})

test('a merged pull request of a fork names the repository that received it', async (t) => {
  const event = read('pull_request', giteaPullRequest('closed', true, 'stranger/deploy'))

  t.match(event, { kind: 'merged', repository: { id: '42' } })
})

test('B3: a pull request that is not merged is ignored, also a fork with a head named main', async (t) => {
  const actions = ['opened', 'synchronized', 'reopened', 'label_updated', 'assigned', 'closed']
  for (const action of actions) {
    const payload = giteaPullRequest(action, false, 'stranger/deploy')
    t.match(read('pull_request', payload), { kind: 'ignored' }, action)
  }
  t.match(read('pull_request', giteaPullRequest('edited', true)), { kind: 'ignored' })
})

test('events of other kinds are ignored with a reason', async (t) => {
  const names = [
    'create',
    'fork',
    'issues',
    'issue_comment',
    'pull_request_approved',
    'pull_request_comment',
    'repository',
    'release',
    'package',
    'status',
    'workflow_run',
    'push, push',
  ]
  for (const name of names) t.match(read(name, {}), { kind: 'ignored', reason: /./ }, name)
})

test('a delivery without an event or with a wrong payload is DELIVERY_MALFORMED', async (t) => {
  const malformed = { code: 'DELIVERY_MALFORMED' }

  t.throws(() => readGiteaEvent({}, giteaPush()), malformed)
  for (const payload of [null, [], 'push', 1, {}, giteaPullRequest('closed', true)]) {
    t.throws(() => read('push', payload), malformed, JSON.stringify(payload))
  }
  t.throws(() => read('pull_request', giteaPush()), malformed)
  t.throws(() => read('push', giteaPush({ ref: 'main' })), malformed)
  t.throws(() => read('push', giteaPush({ after: '--upload-pack=x' })), malformed)
  t.throws(() => read('push', giteaPush({ repo: 'x'.repeat(3000) })), malformed)
})
