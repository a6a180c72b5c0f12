import { type Test, test } from 'tap'
import type { LogQuery } from '../../src/cluster/cluster.ts'
import { readPodLog } from '../../src/cluster/pod-log.ts'
import { aTransport } from '../support/a-transport.ts'
import { type Reply, scriptedServer, status } from '../support/scripted-server.ts'

const query: LogQuery = {
  namespace: 'shop',
  pod: 'web-1',
  container: 'app',
  isPrevious: false,
  lines: 20,
  maxBytes: 1_000,
  timeoutMs: 5_000,
}

async function serverWith(t: Test, ...replies: readonly Reply[]) {
  const server = await scriptedServer(t, ...replies)
  const { transport, waits } = aTransport(t, server.origin)
  const read = (changes: Partial<LogQuery> = {}, signal?: AbortSignal) =>
    readPodLog({ transport, serviceAccount: undefined, signal }, { ...query, ...changes })
  return { server, waits, read }
}

test("the end of a container's log", async (t) => {
  await t.test('is asked for within limits', async (t) => {
    const { server, read } = await serverWith(t, (response) => response.end('one\ntwo ✓\n'))

    t.equal(await read(), 'one\ntwo ✓\n')
    await read({ isPrevious: true })

    t.strictSame(
      server.seen.map(({ method, path }) => `${method} ${path}`),
      [
        'GET /api/v1/namespaces/shop/pods/web-1/log?container=app&tailLines=20&limitBytes=1000',
        'GET /api/v1/namespaces/shop/pods/web-1/log?container=app&previous=true&tailLines=20&limitBytes=1000',
      ],
    )
  })

  await t.test('is cut where a server sends more', async (t) => {
    const { read } = await serverWith(t, (response) => {
      const send = () => {
        while (!response.destroyed && response.write('x'.repeat(10_000)));
      }
      response.on('drain', send)
      send()
    })

    t.equal((await read()).length, 1_000)
  })

  await t.test('is what came before a server fell silent', async (t) => {
    const { read } = await serverWith(t, (response) => {
      response.write('half a li')
    })

    t.equal(await read({ timeoutMs: 300 }), 'half a li')
  })

  await t.test('is given up where a server never answers', async (t) => {
    const { server, read } = await serverWith(t, () => {})

    await t.rejects(read({ timeoutMs: 300 }), { code: 'SYNC_TIMEOUT' })
    t.equal(server.seen.length, 1)
  })

  for (const code of [403, 404, 429, 500, 503]) {
    await t.test(`is asked for once where the answer is ${code}`, async (t) => {
      const { server, waits, read } = await serverWith(t, status(code, 'no kubelet'))

      await t.rejects(read(), { name: 'StageError' })
      t.equal(server.seen.length, 1)
      t.strictSame(waits, [])
    })
  }

  await t.test('ends with the sync that asks for it', async (t) => {
    const abort = new AbortController()
    const { read } = await serverWith(t, () => abort.abort())

    await t.rejects(read({}, abort.signal), { code: 'SYNC_TIMEOUT' })
  })

  for (const pod of ['../../secrets/db', 'a/b', '..', '']) {
    await t.test(`is of no pod named ${JSON.stringify(pod)}`, async (t) => {
      const { server, read } = await serverWith(t, (response) => response.end())

      await t.rejects(read({ pod }), { code: 'OBJECT_INVALID' })
      t.equal(server.seen.length, 0)
    })
  }
})
