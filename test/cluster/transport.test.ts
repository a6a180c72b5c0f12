import { test } from 'tap'
import { statusError } from '../../src/cluster/errors.ts'
import type { KubeRequest } from '../../src/cluster/kube-request.ts'
import type { RequestObservation } from '../../src/cluster/transport.ts'
import { StageError } from '../../src/domain/error.ts'
import { accessTo, aTransport, read, target } from '../support/a-transport.ts'
import { json, reset, scriptedServer, silence, status } from '../support/scripted-server.ts'

test('a request', async (t) => {
  await t.test('says who sends it and what it wants', async (t) => {
    const server = await scriptedServer(t, json(200, { ok: true }))
    const { transport } = aTransport(t, server.origin, {
      loadAccess: async () => accessTo(server.origin, { basePath: '/k8s/clusters/c-1' }),
    })

    const answer = await transport.send({ ...read, verb: 'apply', body: { a: 'ü' } })

    t.match(answer, { status: 200, body: { ok: true } })
    t.match(server.seen, [
      {
        method: 'PATCH',
        path: '/k8s/clusters/c-1/api/v1/namespaces/shop/configmaps/settings',
        body: '{"a":"ü"}',
        headers: {
          'user-agent': 'landfall/1.2.3',
          authorization: 'Bearer one',
          accept: 'application/json',
          'content-type': 'application/json',
        },
      },
    ])
  })

  await t.test('E2: impersonates the service account and names no group', async (t) => {
    const server = await scriptedServer(t, json(200))
    const { transport } = aTransport(t, server.origin)

    await transport.send({ ...read, serviceAccount: { namespace: 'shop', name: 'deployer' } })
    await transport.send(read)

    t.equal(server.seen[0]?.headers['impersonate-user'], 'system:serviceaccount:shop:deployer')
    t.notOk(server.seen[0]?.headers['impersonate-group'])
    t.notOk(server.seen[1]?.headers['impersonate-user'])
  })

  await t.test('goes through the proxy of the kubeconfig', async (t) => {
    const proxy = await scriptedServer(t, json(200))
    const { transport } = aTransport(t, 'http://kube.invalid', {
      loadAccess: async () => accessTo('http://kube.invalid', { proxyUrl: proxy.origin }),
    })

    await transport.send(read)

    t.equal(proxy.seen[0]?.path, `http://kube.invalid${read.path}`)
  })

  await t.test('keeps its connection for the next', async (t) => {
    const server = await scriptedServer(t, json(200))
    const { transport } = aTransport(t, server.origin)

    for (let i = 0; i < 20; i += 1) await transport.send(read)

    t.ok(server.connections() <= 2, `${server.connections()} connections`)
  })

  await t.test('is one of at most 16 at a time', async (t) => {
    const server = await scriptedServer(t, json(200))
    const { transport } = aTransport(t, server.origin)

    await Promise.all(Array.from({ length: 64 }, () => transport.send(read)))

    t.equal(server.seen.length, 64)
    t.ok(server.connections() <= 16, `${server.connections()} connections`)
  })

  await t.test(
    'is told to the metrics with verb, code and time, each attempt by itself',
    async (t) => {
      const observed: RequestObservation[] = []
      const server = await scriptedServer(t, reset, json(503), json(200))
      const { transport } = aTransport(t, server.origin, { onRequest: (o) => observed.push(o) })

      await transport.send(read)

      t.match(observed, [
        { verb: 'get', code: 0 },
        { verb: 'get', code: 503 },
        { verb: 'get', code: 200 },
      ])
      t.ok(observed.every(({ ms }) => ms > 0))
    },
  )
})

test('R12: a failure that passes', async (t) => {
  await t.test('429 is retried after the time the server asks for', async (t) => {
    const server = await scriptedServer(t, json(429, {}, { 'retry-after': '2' }), json(200))
    const { transport, waits } = aTransport(t, server.origin)

    const answer = await transport.send(read)

    t.equal(answer.status, 200)
    t.same(waits, [2250])
  })

  await t.test('429 with a long time to wait is handed on with that time', async (t) => {
    const server = await scriptedServer(t, json(429, {}, { 'retry-after': '120' }))
    const { transport, waits } = aTransport(t, server.origin)

    const answer = await transport.send(read)

    t.same(waits, [])
    t.match(statusError(answer, target), {
      code: 'CLUSTER_THROTTLED',
      retry: { kind: 'after', ms: 120_000 },
    })
  })

  await t.test(
    '500, 503, 504, a lost leader and a reset are retried three times, ever later',
    async (t) => {
      const failures = [
        json(503),
        json(504),
        status(500, 'etcdserver: leader changed'),
        status(500, 'etcdserver: request timed out'),
        reset,
      ]
      for (const failure of failures) {
        const server = await scriptedServer(t, failure, failure, failure, json(200))
        const { transport, waits } = aTransport(t, server.origin)

        t.equal((await transport.send(read)).status, 200)
        t.same(waits, [200, 600, 1800])
      }
    },
  )

  await t.test('the fourth failure stands', async (t) => {
    const server = await scriptedServer(t, json(503))
    const { transport } = aTransport(t, server.origin)

    t.equal((await transport.send(read)).status, 503)
    t.equal(server.seen.length, 4)
  })

  await t.test('two writers of one quota are tried again', async (t) => {
    const conflict =
      'Operation cannot be fulfilled on resourcequotas "q": the object has been modified'
    const server = await scriptedServer(t, status(409, conflict), json(201))
    const { transport } = aTransport(t, server.origin)

    t.equal((await transport.send(read)).status, 201)
  })

  await t.test('any other conflict, a refusal and a broken webhook are not retried', async (t) => {
    const lasting = [
      status(409, 'Operation cannot be fulfilled on configmaps "a": the object has been modified'),
      status(422, 'ConfigMap "a" is invalid'),
      status(403, 'no'),
      status(500, 'Internal error occurred: failed calling webhook "w": context deadline exceeded'),
      status(500, 'failed to create typed patch object (a/b; v1, Kind=C): .x: field not declared'),
    ]
    for (const answer of lasting) {
      const server = await scriptedServer(t, answer)
      const { transport } = aTransport(t, server.origin)
      await transport.send(read)
      t.equal(server.seen.length, 1)
    }
  })
})

test('R13: a server that does not answer fails the request in time, after one more try', async (t) => {
  const server = await scriptedServer(t, silence)
  const { transport, waits } = aTransport(t, server.origin, { timeoutMs: 100 })

  await t.rejects(transport.send(read), {
    code: 'CLUSTER_UNREACHABLE',
    text: 'cluster prod: no answer in time (UND_ERR_HEADERS_TIMEOUT); check that its API server can be reached from here',
  })
  t.equal(waits.length, 1)
  t.equal(server.seen.length, 2)
})

test('a server that is not there is CLUSTER_UNREACHABLE', async (t) => {
  const { transport, waits } = aTransport(t, 'http://127.0.0.1:1')

  await t.rejects(transport.send(read), {
    code: 'CLUSTER_UNREACHABLE',
    text: /^cluster prod: connection refused \(ECONNREFUSED\); check/,
  })
  t.equal(waits.length, 3)
})

test('a request that is aborted', async (t) => {
  await t.test('R2: goes out no more where its sender finds that it lost its place', async (t) => {
    const abort = new AbortController()
    const server = await scriptedServer(t, json(503))
    const { transport } = aTransport(t, server.origin)
    let asked = 0
    const beforeSend = () => {
      asked += 1
      if (asked === 2) abort.abort(new StageError('SYNC_INTERRUPTED', 'stop'))
    }

    const sent = transport.send({ ...read, beforeSend, signal: abort.signal })

    await t.rejects(sent, { code: 'SYNC_INTERRUPTED' })
    t.equal(server.seen.length, 1)
  })

  await t.test('ends with the reason, when it is one of ours', async (t) => {
    const abort = new AbortController()
    const server = await scriptedServer(t, () => abort.abort(new StageError('FENCE_LOST', 'stop')))
    const { transport } = aTransport(t, server.origin)

    await t.rejects(transport.send({ ...read, signal: abort.signal }), { code: 'FENCE_LOST' })
  })

  await t.test('ends with SYNC_TIMEOUT for any other reason, also while it waits', async (t) => {
    const abort = new AbortController()
    const server = await scriptedServer(t, (response, request) => {
      json(503, {}, { 'retry-after': '9' })(response, request)
      response.once('close', () => abort.abort())
    })
    const { transport } = aTransport(t, server.origin, { wait: undefined })

    await t.rejects(transport.send({ ...read, signal: abort.signal }), {
      code: 'SYNC_TIMEOUT',
      text: 'configmaps settings: get was cancelled before the cluster answered',
    })
    t.equal(server.seen.length, 1)
  })
})

test('open streams do not hold up requests', async (t) => {
  const server = await scriptedServer(t, (response, { path }) => {
    if (path !== '/watch') return json(200)(response, server.seen[0] as never)
    response.writeHead(200)
    response.write('{}\n')
  })
  const { transport } = aTransport(t, server.origin)
  const watch: KubeRequest = { ...read, verb: 'watch', path: '/watch' }

  const streams = await Promise.all(
    Array.from({ length: 20 }, () => transport.stream(watch, 60_000)),
  )
  const answer = await transport.send(read)

  t.equal(answer.status, 200)
  for (const { bytes } of streams) {
    for await (const chunk of bytes) {
      t.equal(Buffer.from(chunk).toString(), '{}\n')
      break
    }
  }
})
