import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { listenOnSocket } from '../../src/server/listen-socket.ts'
import { startReceiver } from '../support/receiver.ts'

// A test's own folder lies deeper than a socket may.
function socketPath(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  return join(folder, 's')
}

async function statusOf(socketPath: string, path: string): Promise<number> {
  const client = request({ socketPath, path })
  client.end()
  const [response] = await once(client, 'response')
  response.resume()
  return response.statusCode
}

test('the socket answers its owner alone, and goes with the server', async (t) => {
  const path = socketPath(t)
  const { app } = startReceiver(t, { trusted: true })

  await listenOnSocket(app, path)

  t.equal(statSync(path).mode & 0o777, 0o600)
  t.equal(await statusOf(path, '/api/v1/applications'), 200)
  await app.close()
  t.notOk(existsSync(path))
})

test('a socket a dead instance left is replaced', async (t) => {
  const path = socketPath(t)
  const program = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`
  await once(spawn(process.execPath, ['-e', program]), 'exit')
  t.ok(existsSync(path))
  const { app } = startReceiver(t, { trusted: true })

  await listenOnSocket(app, path)

  t.equal(await statusOf(path, '/healthz'), 200)
})

test('a socket of a living instance is left alone', async (t) => {
  const path = socketPath(t)
  const first = startReceiver(t, { trusted: true })
  await listenOnSocket(first.app, path)
  const second = startReceiver(t, { trusted: true })

  await t.rejects(listenOnSocket(second.app, path), { code: 'CONFIG_INVALID' })
  t.equal(await statusOf(path, '/healthz'), 200)
})

test('a path longer than a socket can have says what to do', async (t) => {
  const { app } = startReceiver(t, { trusted: true })

  await t.rejects(listenOnSocket(app, `/tmp/${'x'.repeat(120)}`), {
    code: 'CONFIG_INVALID',
    text: /shorter dataDir/,
  })
})
