import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { test } from 'tap'
import { testRedis } from '../support/redis.ts'

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
