import { test } from 'tap'
import { defaultLimits } from '../../src/server/limits.ts'
import { startReceiver } from '../support/receiver.ts'

test('health, readiness and metrics need no token', async (t) => {
  const { app } = startReceiver(t)

  t.same((await app.inject('/healthz')).json(), { alive: true })
  t.same((await app.inject('/readyz')).json(), { ready: true })
  const metrics = await app.inject('/metrics')
  t.equal(metrics.statusCode, 200)
  t.match(metrics.headers['content-type'], /^text\/plain/)
  t.match(metrics.body, /# TYPE landfall_webhook_deliveries_total counter/)
})

test('a server that is not ready says why, and stays alive', async (t) => {
  const { app } = startReceiver(t, {
    isReady: async () => ({ kind: 'unready', reason: 'redis does not answer' }),
  })
  const response = await app.inject('/readyz')

  t.equal(response.statusCode, 503)
  t.same(response.json(), { ready: false, reason: 'redis does not answer' })
  t.equal((await app.inject('/healthz')).statusCode, 200)
})

test('a readiness that hangs is 503 in time', async (t) => {
  const { app } = startReceiver(t, {
    isReady: () => new Promise(() => undefined),
    limits: { ...defaultLimits, answerMs: 50 },
  })

  t.equal((await app.inject('/readyz')).statusCode, 503)
})

test('unknown and malformed addresses are problems too', async (t) => {
  const { app } = startReceiver(t)

  for (const [url, status] of [
    ['/', 404],
    ['/webhooks', 404],
    ['/webhooks/github/x', 404],
    ['/%', 400],
    ['/syncs/%ff', 400],
  ] as const) {
    const response = await app.inject(url)
    t.equal(response.statusCode, status, url)
    t.match(response.json(), { status, type: 'about:blank' })
    t.equal(response.headers['x-content-type-options'], 'nosniff')
  }
})
