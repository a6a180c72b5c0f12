import { type Test, test } from 'tap'
import { StageError } from '../../src/domain/error.ts'
import { createRedactor } from '../../src/domain/redact.ts'
import { createSecret } from '../../src/domain/secret.ts'
import { defaultLimits } from '../../src/server/limits.ts'
import { aSyncRecord } from '../support/a-sync-record.ts'
import { operatorToken, type Receiver, startReceiver, viewerToken } from '../support/receiver.ts'

const record = aSyncRecord()

function start(t: Test): Receiver {
  return startReceiver(t, { syncs: [record] })
}

function call({ app }: Receiver, method: 'GET' | 'POST', path: string, token?: string) {
  return app.inject({
    method,
    url: `/api/v1${path}`,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  })
}

const reads = [
  '/applications',
  '/applications/task-agent',
  '/applications/task-agent/syncs',
  `/applications/task-agent/syncs/${record.id}`,
]
const writes = ['sync', 'pause', 'resume'].map((verb) => `/applications/task-agent/${verb}`)

test('a viewer reads applications and their syncs', async (t) => {
  const receiver = start(t)
  const [list, one, syncs, sync] = await Promise.all(
    reads.map((path) => call(receiver, 'GET', path, viewerToken)),
  )

  t.same(list?.json(), {
    unconfigured: [{ name: 'gone', cluster: 'prod' }],
    applications: [{ name: 'task-agent' }, { name: 'web' }, { name: 'docs' }],
  })
  t.match(one?.json(), { name: 'task-agent' })
  t.match(syncs?.json(), { syncs: [{ id: record.id }] })
  t.match(sync?.json(), { id: record.id, message: record.message })
  t.equal(list?.headers['cache-control'], 'no-store')
})

test('an operator syncs, pauses and resumes', async (t) => {
  const receiver = start(t)
  const [sync, pause, resume] = await Promise.all(
    writes.map((path) => call(receiver, 'POST', path, operatorToken)),
  )

  t.equal(sync?.statusCode, 202)
  t.same(sync?.json(), { application: 'task-agent', wantedAt: '2026-01-01T00:00:00.000Z' })
  t.same(pause?.json(), { application: 'task-agent', paused: true })
  t.same(resume?.json(), { application: 'task-agent', paused: false })
  t.same(receiver.asked, ['sync task-agent ci', 'pause task-agent ci', 'resume task-agent ci'])
  t.match(receiver.logLines.join(''), /"action":"pause","by":"ci"/)
})

test('a body sent with a request is not looked at', async (t) => {
  const { app } = start(t)

  const response = await app.inject({
    method: 'POST',
    url: '/api/v1/applications/task-agent/sync',
    headers: { authorization: `Bearer ${operatorToken}`, 'content-type': 'application/json' },
    body: '{"__proto__":',
  })

  t.equal(response.statusCode, 202)
})

test('A16: a viewer changes nothing', async (t) => {
  const receiver = start(t)

  for (const path of writes) {
    const response = await call(receiver, 'POST', path, viewerToken)
    t.equal(response.statusCode, 403, path)
    t.match(response.json(), { code: 'FORBIDDEN' })
  }
  t.same(receiver.asked, [])
})

test('A16: without a configured token nothing is answered, and nothing told', async (t) => {
  const receiver = start(t)
  const tokens = [
    undefined,
    '',
    'wrong',
    `${operatorToken}x`,
    operatorToken.slice(1),
    'x'.repeat(600),
  ]
  const answers = new Set<string>()

  for (const token of tokens) {
    for (const path of [...reads, '/applications/absent', '/absent', '/']) {
      const response = await call(receiver, 'GET', path, token)
      t.equal(response.statusCode, 401, path)
      t.equal(response.headers['www-authenticate'], 'Bearer')
      answers.add(response.body)
    }
    for (const path of writes) {
      t.equal((await call(receiver, 'POST', path, token)).statusCode, 401, path)
    }
  }
  t.equal(answers.size, 1)
  t.same(receiver.asked, [])
})

test('A16: other schemes and a server without tokens let nobody in', async (t) => {
  const { app } = start(t)
  const closed = startReceiver(t, { tokens: () => [] })

  for (const authorization of [
    operatorToken,
    `Basic ${operatorToken}`,
    `Bearer  ${operatorToken}`,
  ]) {
    const response = await app.inject({ url: '/api/v1/applications', headers: { authorization } })
    t.equal(response.statusCode, 401, authorization)
  }
  for (const token of ['', operatorToken]) {
    t.equal((await call(closed, 'GET', '/applications', token)).statusCode, 401)
  }
})

test('what has an inventory and is not configured is told beside the applications', async (t) => {
  const receiver = startReceiver(t, { trusted: true })

  const response = await call(receiver, 'GET', '/applications')

  t.strictSame(response.json().unconfigured, [{ name: 'gone', cluster: 'prod' }])
})

test('the unix socket needs no token', async (t) => {
  const receiver = startReceiver(t, { trusted: true })

  t.equal((await call(receiver, 'GET', '/applications')).statusCode, 200)
  t.equal((await call(receiver, 'POST', '/applications/task-agent/pause')).statusCode, 200)
  t.same(receiver.asked, ['pause task-agent local socket'])
})

test("what does not exist is 404, another application's sync too", async (t) => {
  const receiver = start(t)
  const paths = [
    '/applications/absent',
    '/applications/absent/syncs',
    `/applications/web/syncs/${record.id}`,
    '/applications/task-agent/syncs/absent',
    '/absent',
  ]
  for (const path of paths) {
    const response = await call(receiver, 'GET', path, operatorToken)
    t.equal(response.statusCode, 404, path)
    t.match(response.headers['content-type'], /^application\/problem\+json/)
    t.same(response.json(), {
      type: 'about:blank',
      title: 'there is nothing here',
      status: 404,
      code: 'NOT_FOUND',
    })
  }
  const write = await call(receiver, 'POST', '/applications/absent/pause', operatorToken)
  t.equal(write.statusCode, 404)
  t.same(receiver.asked, [])
})

test('A16: every answer is redacted', async (t) => {
  const canary = 'canary-secret-of-the-test'
  const leaking = aSyncRecord({ message: `clone of https://x:${canary}@github.com failed` })
  const receiver = startReceiver(t, {
    syncs: [leaking],
    redact: createRedactor([createSecret(canary)]),
  })

  for (const path of [
    '/applications/task-agent/syncs',
    `/applications/task-agent/syncs/${leaking.id}`,
  ]) {
    const response = await call(receiver, 'GET', path, viewerToken)
    t.equal(response.statusCode, 200)
    t.notMatch(response.body, new RegExp(canary))
  }
})

test('records that fail or hang are 503 and 500, and say nothing of the inside', async (t) => {
  const failing = (error: () => Promise<never>) => ({
    applications: error,
    application: error,
    unconfigured: error,
    syncs: error,
    sync: error,
    shells: error,
    witnessed: error,
  })
  const cases = [
    {
      error: () => Promise.reject(new StageError('QUEUE_UNAVAILABLE', 'redis://:canary@host')),
      status: 503,
      code: 'QUEUE_UNAVAILABLE',
    },
    { error: () => new Promise<never>(() => undefined), status: 503, code: 'QUEUE_UNAVAILABLE' },
    { error: () => Promise.reject(new Error('canary')), status: 500, code: 'INTERNAL' },
  ]
  for (const { error, status, code } of cases) {
    const limits = { ...defaultLimits, answerMs: 50 }
    const receiver = startReceiver(t, { records: failing(error), limits })
    const response = await call(receiver, 'GET', '/applications', viewerToken)
    t.equal(response.statusCode, status)
    t.match(response.json(), { code, status })
    t.notMatch(response.body, /canary/)
  }
})
