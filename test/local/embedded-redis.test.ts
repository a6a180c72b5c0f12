import { stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'tap'
import { startRedis } from '../../src/local/embedded-redis.ts'
import { requireRedis } from '../../src/local/stack-tools.ts'
import { readToolPins } from '../../src/local/tool-pins.ts'
import { testRedis } from '../support/redis.ts'
import { stayAlive } from '../support/stay-alive.ts'

async function say(url: string, ...commands: readonly string[]): Promise<string> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.write([...commands, 'QUIT', ''].join('\r\n'))
  return text(socket)
}

const auth = (url: string) => `AUTH ${new URL(url).password}`

test('an embedded redis', async (t) => {
  await t.test('answers nobody without its password', async (t) => {
    const { url } = await testRedis(t)

    t.match(await say(url, 'GET x'), /^-NOAUTH/)
    t.match(await say(url, auth(url), 'GET x'), /^\+OK\r\n\$-1/)
  })

  await t.test('listens on loopback only, appends to a file and never evicts', async (t) => {
    const { url } = await testRedis(t)

    const answer = await say(
      url,
      auth(url),
      'CONFIG GET bind',
      'CONFIG GET appendonly',
      'CONFIG GET maxmemory-policy',
    )

    t.match(answer, /bind\r\n\$9\r\n127\.0\.0\.1\r\n/)
    t.match(answer, /appendonly\r\n\$3\r\nyes/)
    t.match(answer, /maxmemory-policy\r\n\$10\r\nnoeviction/)
  })

  await t.test('keeps its data and its address over a restart', async (t) => {
    const redis = await testRedis(t)
    await say(redis.url, auth(redis.url), 'SET kept 1')
    await redis.stop()
    await t.rejects(say(redis.url, 'PING'), { code: 'ECONNREFUSED' })

    await redis.start()

    t.match(await say(redis.url, auth(redis.url), 'GET kept'), /\$1\r\n1/)
  })
})

test('a folder of redis data', async (t) => {
  const program = await requireRedis(await readToolPins(), process.env)
  const options = { program, throwaway: false, lifetime: 'parent' } as const

  await t.test('is refused to a second server while one runs', async (t) => {
    const dataDir = t.testdir()
    const redis = await startRedis({ ...options, dataDir })
    t.teardown(() => redis.stop())

    await t.rejects(startRedis({ ...options, dataDir }), {
      code: 'LOCAL_STACK_FAILED',
      text: new RegExp(`redis is in use by process ${process.pid}`),
    })
  })

  await t.test('is free again after a server that did not start', async (t) => {
    const dataDir = t.testdir()
    await t.rejects(startRedis({ ...options, dataDir, program: '/bin/false' }), {
      code: 'LOCAL_STACK_FAILED',
      text: /redis-server ended with code 1 while starting: read \S+redis\.log/,
    })

    const redis = await startRedis({ ...options, dataDir })
    await redis.stop()
    t.equal(await stayAlive(redis.ended), 'redis-server ended with code 0')
  })

  await t.test('is readable by its owner only', async (t) => {
    const dataDir = t.testdir()
    const redis = await startRedis({ ...options, dataDir })
    t.teardown(() => redis.stop())
    const modeOf = async (path: string) =>
      ((await stat(join(dataDir, path))).mode & 0o777).toString(8)

    t.equal(await modeOf('redis'), '700')
    t.equal(await modeOf('redis/redis.conf'), '600')
    t.equal(await modeOf('redis/password'), '600')
  })
})

test('a machine without redis-server is told how to install it', async (t) => {
  const pins = await readToolPins()

  await t.rejects(requireRedis(pins, { PATH: t.testdir() }), {
    code: 'TOOL_MISSING',
    text: /apt-get install redis-server.*brew install redis/,
  })
})
