import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { type Test, test } from 'tap'
import { startFaultProxy } from '../support/fault-proxy.ts'

/** A server that sends back what it gets, behind a link that can fail. */
async function echoRig(t: Test) {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {})
    socket.pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const proxy = await startFaultProxy(t, (server.address() as AddressInfo).port)
  const open = async (): Promise<Socket> => {
    const socket = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true })
    t.teardown(() => socket.destroy())
    await once(socket, 'connect')
    return socket
  }
  return { proxy, open }
}

async function answerTo(socket: Socket, text: string): Promise<string> {
  socket.write(text)
  const [chunk] = await once(socket, 'data')
  return String(chunk)
}

test('a link that can fail', async (t) => {
  await t.test('passes bytes both ways, and the end of each way', async (t) => {
    const { proxy, open } = await echoRig(t)
    const socket = await open()
    const sent = Buffer.alloc(1_000_000, 'ab')
    socket.end(sent)

    t.ok((await buffer(socket)).equals(sent))
    await once(socket, 'close')
    t.equal(proxy.connections(), 0)
  })

  await t.test('refuses: what is open is reset, and nobody listens until it passes', async (t) => {
    const { proxy, open } = await echoRig(t)
    const socket = await open()
    t.equal(await answerTo(socket, 'a'), 'a')

    const [[error]] = await Promise.all([once(socket, 'error'), proxy.set({ kind: 'refuse' })])
    t.match(error, { code: 'ECONNRESET' })
    await t.rejects(open(), { code: 'ECONNREFUSED' })
    await proxy.set({ kind: 'pass' })
    t.equal(await answerTo(await open(), 'b'), 'b')
  })

  await t.test('swallows, and gives back what it swallowed once it passes', async (t) => {
    const { proxy, open } = await echoRig(t)
    const before = await open()
    await proxy.set({ kind: 'blackhole' })
    const during = await open()
    const answers: string[] = []
    for (const socket of [before, during]) {
      socket.write('late')
      socket.on('data', (chunk) => answers.push(String(chunk)))
    }
    const { proxy: other, open: openOther } = await echoRig(t)
    await other.set({ kind: 'latency', ms: 100 })
    await answerTo(await openOther(), 'as long as this takes')

    t.strictSame(answers, [])
    await proxy.set({ kind: 'pass' })
    await Promise.all([once(before, 'data'), once(during, 'data')])
    t.strictSame(answers, ['late', 'late'])
  })

  await t.test('resets after so many bytes of the server', async (t) => {
    const { proxy, open } = await echoRig(t)
    await proxy.set({ kind: 'reset', afterBytes: 10 })
    const socket = await open()
    let got = 0
    socket.on('data', (chunk) => {
      got += chunk.length
    })
    socket.write(Buffer.alloc(1_000))

    t.match(await once(socket, 'error'), [{ code: 'ECONNRESET' }])
    t.ok(got <= 10, `${got} bytes`)
  })

  await t.test('is late both ways, and keeps the order', async (t) => {
    const { proxy, open } = await echoRig(t)
    await proxy.set({ kind: 'latency', ms: 50 })
    const socket = await open()
    const asked = performance.now()
    for (const text of ['a', 'b', 'c']) socket.write(text)
    socket.end()

    t.equal(String(await buffer(socket)), 'abc')
    const took = performance.now() - asked
    t.ok(took >= 95, `${took} ms`)
  })

  await t.test('is slow', async (t) => {
    const { proxy, open } = await echoRig(t)
    await proxy.set({ kind: 'throttle', bytesPerSecond: 10_000 })
    const socket = await open()
    const asked = performance.now()
    socket.end(Buffer.alloc(2_000))

    t.equal((await buffer(socket)).length, 2_000)
    const took = performance.now() - asked
    t.ok(took >= 190, `${took} ms`)
  })

  await t.test('leads elsewhere from now on', async (t) => {
    const one = await echoRig(t)
    const two = await echoRig(t)
    const socket = await one.open()
    await answerTo(socket, 'a')
    const broken = once(socket, 'error')

    one.proxy.lead(two.proxy.port)

    t.match(await broken, [{ code: 'ECONNRESET' }])
    t.equal(await answerTo(await one.open(), 'b'), 'b')
    t.equal(two.proxy.connections(), 1)
  })
})
