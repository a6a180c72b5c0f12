import { once } from 'node:events'
import { type ClientRequest, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { type Test, test } from 'tap'
import { createForge } from '../../src/forge/create-forge.ts'
import type { Forge } from '../../src/forge/forge.ts'
import { defaultLimits } from '../../src/server/limits.ts'
import { forgeSettings, webhookSecret } from '../support/forge-settings.ts'
import { forkReceiver } from '../support/fork-receiver.ts'
import { githubPush } from '../support/payloads.ts'
import { startReceiver } from '../support/receiver.ts'
import { githubHeaders } from '../support/sign.ts'

const megabyte = 1024 * 1024

interface Sent {
  readonly status: number
  readonly retryAfter: string | undefined
}

function open(url: string, headers: Record<string, string>): ClientRequest {
  return request(`${url}/webhooks/github`, { method: 'POST', headers })
}

/** The answer, which may come long before the body has gone out. */
async function answered(client: ClientRequest): Promise<Sent> {
  // The server may close the connection under the body's end: the answer counts.
  client.on('error', () => undefined)
  const [response] = await once(client, 'response')
  response.resume()
  return { status: response.statusCode, retryAfter: response.headers['retry-after'] }
}

test('A1: a body announced too large is 413 before a byte of it is read', async (t) => {
  const receiver = startReceiver(t)
  const url = await receiver.listen()
  const headers = githubHeaders('x', webhookSecret)
  const client = open(url, { ...headers, 'content-length': String(30 * megabyte) })
  client.flushHeaders()

  t.match(await answered(client), { status: 413 })
  client.destroy()
})

test('A1: a body without a length is cut off at the cap', async (t) => {
  const receiver = startReceiver(t)
  const url = await receiver.listen()
  const client = open(url, githubHeaders('x', webhookSecret))
  const answer = answered(client)
  const chunk = Buffer.alloc(megabyte)
  for (let sent = 0; sent < 8; sent += 1) client.write(chunk)

  t.match(await answer, { status: 413 })
  client.destroy()
})

test('A1: 200 bodies of 30 MB at once stay within the budget, and the server answers', async (t) => {
  const server = await forkReceiver(t)
  const chunk = Buffer.alloc(megabyte)
  const burst = async (count: number) => {
    const clients = Array.from({ length: count }, () =>
      open(server.url, githubHeaders('x', webhookSecret)),
    )
    const answers = clients.map((client) => {
      const answer = answered(client)
      for (let sent = 0; sent < 30; sent += 1) client.write(chunk)
      return answer
    })
    const statuses = (await Promise.all(answers)).map(({ status }) => status)
    for (const client of clients) client.destroy()
    return statuses
  }
  // The first bodies make the heap, the next ones show whether it stays.
  await burst(50)
  const before = await server.residentBytes()

  const statuses = await burst(200)
  const grown = (await server.residentBytes()) - before
  const start = performance.now()
  const health = await fetch(`${server.url}/healthz`)
  const probeMs = performance.now() - start

  t.same(
    statuses.filter((status) => ![401, 413, 503].includes(status)),
    [],
  )
  t.equal(health.status, 200)
  t.comment(`rss grew ${Math.round(grown / megabyte)} MB, a probe took ${Math.round(probeMs)} ms`)
  t.ok(grown < 64 * megabyte)
})

test('A1: beyond the bytes in flight a delivery is 503, and passes once there is room', async (t) => {
  const limits = { ...defaultLimits, inFlightBytes: 2 * megabyte }
  const entered = Promise.withResolvers<void>()
  const verified = Promise.withResolvers<boolean>()
  const github = createForge(forgeSettings(), { fetch, clock: { now: () => 0 } })
  const slow: Forge = {
    ...github,
    verifies: () => {
      entered.resolve()
      return verified.promise
    },
  }
  const forges = new Map([
    ['github', github],
    ['slow', slow],
  ])
  const { app } = startReceiver(t, { limits, forges: () => forges })
  const body = JSON.stringify({ ...githubPush(), padding: 'x'.repeat(1.5 * megabyte) })
  const headers = githubHeaders(body, webhookSecret)
  const post = (forge: string) =>
    app.inject({ method: 'POST', url: `/webhooks/${forge}`, headers, body })

  const held = post('slow')
  await entered.promise
  const refused = await post('github')
  verified.resolve(false)

  t.equal(refused.statusCode, 503)
  t.match(refused.headers['retry-after'], /^\d+$/)
  t.equal((await held).statusCode, 401)
  t.equal((await post('github')).statusCode, 202)
})

test('a refused client that goes on sending is closed', async (t) => {
  const receiver = startReceiver(t, { limits: { ...defaultLimits, lingerMs: 10 } })
  const url = new URL(await receiver.listen())
  const socket = connect(Number(url.port), url.hostname)
  socket.on('error', () => undefined)
  const closed = once(socket, 'close')
  socket.write('POST /webhooks/github HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\nx')

  const [answer] = await once(socket, 'data')

  t.match(String(answer), /^HTTP\/1\.1 401 /)
  await t.resolves(closed)
})

test('A3: deep nesting under a valid signature is 400 and holds the event loop for no time', async (t) => {
  const receiver = startReceiver(t)
  const url = await receiver.listen()
  const half = defaultLimits.bodyBytes / 2 - 1
  const bodies = [
    '['.repeat(half) + ']'.repeat(half),
    '{"a":'.repeat(half / 5) + '1',
    '['.repeat(65),
  ]
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()

  for (const body of bodies) {
    const headers = githubHeaders(body, webhookSecret)
    const response = await fetch(`${url}/webhooks/github`, { method: 'POST', headers, body })
    t.equal(response.status, 400)
  }

  delay.disable()
  t.comment(`event loop held ${Math.round(delay.max / 1e6)} ms at most`)
  t.ok(delay.max < 500e6)
  t.same(receiver.deliveries, [])
})

test('A14: slow senders are closed in time, and a real delivery passes between them', async (t) => {
  const limits = { ...defaultLimits, headersMs: 1_000, requestMs: 1_500 }
  const receiver = startReceiver(t, { limits })
  const url = await receiver.listen()
  const slow = await slowSockets(t, url, 100)
  const body = JSON.stringify(githubPush())

  const start = performance.now()
  const response = await fetch(`${url}/webhooks/github`, {
    method: 'POST',
    headers: githubHeaders(body, webhookSecret),
    body,
  })

  t.equal(response.status, 202)
  t.ok(performance.now() - start < 1000)
  await Promise.all(slow)
})

test('A12: a doubled signature header is refused over the wire', async (t) => {
  const receiver = startReceiver(t)
  const url = new URL(await receiver.listen())
  const body = JSON.stringify(githubPush())
  const headers = Object.entries(githubHeaders(body, webhookSecret))
  const lines = headers.map(([name, value]) => `${name}: ${value}`)
  const signature = lines.find((line) => line.startsWith('x-hub-signature-256')) ?? ''
  const socket = connect(Number(url.port), url.hostname)
  socket.write(
    [
      'POST /webhooks/github HTTP/1.1',
      'host: landfall',
      'connection: close',
      `content-length: ${Buffer.byteLength(body)}`,
      ...lines,
      signature,
      '',
      body,
    ].join('\r\n'),
  )

  const [answer] = await once(socket, 'data')
  socket.destroy()

  t.match(String(answer), /^HTTP\/1\.1 401 /)
  t.same(receiver.deliveries, [])
})

/** Half of them never end their headers, half never their body; each gives a promise of its end. */
async function slowSockets(t: Test, url: string, count: number): Promise<Promise<unknown>[]> {
  const { hostname, port } = new URL(url)
  const signed = Object.entries(githubHeaders('x', webhookSecret)).map(
    ([name, value]) => `${name}: ${value}`,
  )
  const starts = [
    'POST /webhooks/github HTTP/1.1\r\nhost: landfall\r\nx-slow: ',
    `POST /webhooks/github HTTP/1.1\r\nhost: landfall\r\n${signed.join('\r\n')}\r\ncontent-length: 1000\r\n\r\n{`,
  ]
  const sockets = Array.from({ length: count }, (): Socket => connect(Number(port), hostname))
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
  })
  const ends = sockets.map((socket) => {
    socket.on('error', () => undefined)
    socket.resume()
    return once(socket, 'close')
  })
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  sockets.forEach((socket, index) => {
    socket.write(starts[index % 2] ?? '')
  })
  return ends
}
