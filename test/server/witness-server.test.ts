import { once } from 'node:events'
import { Agent, request as httpsRequest } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { TLSSocket, connect as tlsConnect } from 'node:tls'
import pino from 'pino'
import { Registry } from 'prom-client'
import { type Test, test } from 'tap'
import { makeCertificates } from '../../src/engine/witness/credentials.ts'
import { pass } from '../../src/engine/witness/hand-edit.ts'
import {
  createWitnessMetrics,
  createWitnessServer,
  type WitnessServerDeps,
} from '../../src/server/witness-server.ts'
import { aReview } from '../support/admission-requests.ts'

const token = 'f'.repeat(32)

async function startServer(t: Test, review: WitnessServerDeps['review'] = async () => pass) {
  const { bundle, serving } = await makeCertificates('127.0.0.1', Date.now())
  const registry = new Registry()
  const logLines: string[] = []
  let strangers = 0
  const server = createWitnessServer({
    cluster: 'prod',
    identity: { ...serving, token },
    review,
    onStranger: () => {
      strangers += 1
    },
    metrics: createWitnessMetrics(registry),
    redact: (line) => line,
    logger: pino({ level: 'debug' }, { write: (line: string) => void logLines.push(line) }),
  })
  t.teardown(() => server.app.close())
  await server.app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = server.app.server.address() as AddressInfo
  const agent = new Agent({ ca: bundle, keepAlive: true })
  t.teardown(() => agent.destroy())

  async function ask(path: string, body: string, method = 'POST') {
    const headers = { 'content-type': 'application/json' }
    const sent = httpsRequest({ host: '127.0.0.1', port, path, method, agent, headers })
    sent.end(body)
    const [answer] = await once(sent, 'response')
    return { status: answer.statusCode as number, body: await text(answer) }
  }
  return { server, ask, port, registry, logLines, strangers: () => strangers }
}

test('the server of a witness', async (t) => {
  await t.test('answers the API server that knows the token', async (t) => {
    const told: unknown[] = []
    const { ask, registry } = await startServer(t, async (what, { userInfo, uid }) => {
      told.push([what, userInfo.username, uid])
      return { allowed: true, warnings: ['managed'], message: '' }
    })
    const { status, body } = await ask(`/witness/${token}/objects`, JSON.stringify(aReview()))

    t.equal(status, 200)
    t.strictSame(JSON.parse(body), {
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: { uid: 'request-1', allowed: true, warnings: ['managed'] },
    })
    t.strictSame(told, [['objects', 'ann@example.com', 'request-1']])
    t.match(
      await registry.metrics(),
      /landfall_witness_requests_total\{cluster="prod",what="objects",outcome="warned"\} 1/,
    )
  })

  await t.test('refuses in the words of the witness', async (t) => {
    const { ask } = await startServer(t, async () => ({
      allowed: false,
      warnings: [],
      message: 'managed by Landfall',
    }))
    const { body } = await ask(`/witness/${token}/scale`, JSON.stringify(aReview()))

    t.strictSame(JSON.parse(body).response, {
      uid: 'request-1',
      allowed: false,
      status: { code: 403, reason: 'Forbidden', message: 'managed by Landfall' },
    })
  })

  await t.test('tells nothing to whoever does not know the token', async (t) => {
    const { ask, logLines, strangers } = await startServer(
      t,
      async () => t.fail('it was asked') as never,
    )
    const paths = [
      `/witness/${'0'.repeat(32)}/objects`,
      `/witness/${token.slice(1)}/objects`,
      `/witness/${token}x/objects`,
      `/witness/${token}/other`,
      '/witness//objects',
      '/',
      '/metrics',
      '/healthz',
    ]
    for (const path of paths) {
      const { status } = await ask(path, JSON.stringify(aReview()))
      t.equal(status, 404, path)
    }
    t.equal((await ask(`/witness/${token}/objects`, '', 'GET')).status, 404)
    t.notMatch(logLines.join(''), token)
    t.equal(strangers(), 5, 'and the witness looks whether its token is another one')
  })

  await t.test('takes nothing but an AdmissionReview, of no more than 8 MiB', async (t) => {
    const { ask } = await startServer(t, async () => t.fail('it was asked') as never)
    const bodies = ['', '{', '[]', '{}', JSON.stringify({ ...aReview(), kind: 'Other' })]
    for (const body of bodies) {
      t.equal((await ask(`/witness/${token}/objects`, body)).status, 400, body)
    }
    const deep = '['.repeat(2_000) + ']'.repeat(2_000)
    t.equal((await ask(`/witness/${token}/objects`, deep)).status, 400)
  })

  await t.test('closes the connection of whoever is slow', async (t) => {
    const { port } = await startServer(t)
    const socket = tlsConnect({ host: '127.0.0.1', port, rejectUnauthorized: false })
    await once(socket, 'secureConnect')
    socket.write(`POST /witness/${token}/objects HTTP/1.1\r\n`)
    socket.resume()

    await once(socket, 'close')
    t.pass()
  })

  await t.test('shows a renewed certificate to the next connection', async (t) => {
    const { server, port } = await startServer(t)
    const shown = async () => {
      const socket = tlsConnect({ host: '127.0.0.1', port, rejectUnauthorized: false })
      await once(socket, 'secureConnect')
      const { fingerprint256 } = (socket as TLSSocket).getPeerCertificate()
      socket.destroy()
      return fingerprint256
    }
    const before = await shown()
    const { serving } = await makeCertificates('127.0.0.1', Date.now())
    server.renew({ ...serving, token })

    t.not(await shown(), before)
  })
})
