import { test } from 'tap'
import type { ForgeEvent } from '../../src/domain/event.ts'
import { readGitlabEvent } from '../../src/forge/gitlab/event.ts'
import { gitlabMergeRequest, gitlabPush } from '../support/payloads.ts'

const read = (payload: unknown, header = 'Push Hook'): ForgeEvent =>
  readGitlabEvent({ 'x-gitlab-event': header }, payload)

test('a push names its project, full ref and both ends', async (t) => {
  t.same(read(gitlabPush()), {
    kind: 'push',
    repository: {
      id: '42',
      urls: ['https://gitlab.com/acme/deploy.git', 'git@gitlab.com:acme/deploy.git'],
    },
    ref: 'refs/heads/main',
    before: '1'.repeat(40),
    after: '2'.repeat(40),
  })
})

test('a push of a system hook is a push', async (t) => {
  const { object_kind: _, ...older } = gitlabPush()

  t.match(read(gitlabPush(), 'System Hook'), { kind: 'push', ref: 'refs/heads/main' })
  t.match(read(older, 'System Hook'), { kind: 'push', ref: 'refs/heads/main' })
})

test('other events of a system hook are ignored', async (t) => {
  const update = { event_name: 'repository_update', project: {}, changes: [], refs: [] }

  t.match(read(update, 'System Hook'), { kind: 'ignored' })
})

test('B1: a tag is ignored, whatever branch it is named like', async (t) => {
  const tag = { ...gitlabPush({ ref: 'refs/tags/main' }), object_kind: 'tag_push' }
  const ignored = { kind: 'ignored', reason: 'a tag was pushed' }

  t.same(read(tag, 'Tag Push Hook'), ignored)
  t.same(read(gitlabPush({ ref: 'refs/tags/refs/heads/main' })), ignored)
})

test('B4: the deletion of a branch is ignored', async (t) => {
  const deleted = { ...gitlabPush({ after: '0'.repeat(40) }), checkout_sha: null }

  t.same(read(deleted), { kind: 'ignored', reason: 'the branch was deleted' })
})

test('a merged merge request names the branch that received it, also one of a fork', async (t) => {
  for (const source of [42, 99]) {
    t.match(read(gitlabMergeRequest('merge', source), 'Merge Request Hook'), {
      kind: 'merged',
      ref: 'refs/heads/main',
      repository: { id: '42' },
    })
  }
})

test('B3: a merge request that is not merged is ignored, also one of a fork', async (t) => {
  for (const action of ['open', 'update', 'approved', 'close', 'reopen']) {
    t.match(read(gitlabMergeRequest(action, 99), 'Merge Request Hook'), { kind: 'ignored' }, action)
  }
})

test('an instance without one of the two protocols is understood', async (t) => {
  const push = gitlabPush()
  const payload = { ...push, project: { ...push.project, git_http_url: null } }

  t.match(read(payload), { repository: { urls: ['git@gitlab.com:acme/deploy.git'] } })
})

test('a delivery without an event or with a wrong payload is DELIVERY_MALFORMED', async (t) => {
  const malformed = { code: 'DELIVERY_MALFORMED' }

  t.throws(() => readGitlabEvent({}, gitlabPush()), malformed)
  for (const payload of [null, [], 'push', 1, {}, { object_kind: 'push' }, { object_kind: 1 }]) {
    t.throws(() => read(payload), malformed, JSON.stringify(payload))
  }
  t.throws(() => read(gitlabPush({ ref: 'main' })), malformed)
  t.throws(() => read({ object_kind: 'merge_request', project: gitlabPush().project }), malformed)
})
