import { test } from 'tap'
import { statusError } from '../../src/cluster/errors.ts'
import type { TransportDeps } from '../../src/cluster/transport.ts'
import { StageError } from '../../src/domain/error.ts'
import { accessTo, aTransport, read, target } from '../support/a-transport.ts'
import { json, scriptedServer } from '../support/scripted-server.ts'

test('R15: credentials that are refused', async (t) => {
  function rotating(origin: string) {
    let loads = 0
    let now = 0
    const deps: Partial<TransportDeps> = {
      clock: { now: () => now },
      loadAccess: async () => {
        loads += 1
        const token = `Bearer ${loads}`
        return accessTo(origin, { authorization: async () => token })
      },
    }
    return { deps, loads: () => loads, pass: (ms: number) => (now += ms) }
  }

  await t.test('are read anew and tried once more', async (t) => {
    const server = await scriptedServer(t, json(200), json(401), json(200))
    const { deps, pass } = rotating(server.origin)
    const { transport } = aTransport(t, server.origin, deps)
    await transport.send(read)
    pass(60_000)

    const answer = await transport.send(read)

    t.equal(answer.status, 200)
    t.same(
      server.seen.map(({ headers }) => headers.authorization),
      ['Bearer 1', 'Bearer 1', 'Bearer 2'],
    )
  })

  await t.test('are read anew once for all requests that were refused together', async (t) => {
    const server = await scriptedServer(t, (response, { headers }) =>
      json(headers.authorization === 'Bearer 1' ? 401 : 200)(response, server.seen[0] as never),
    )
    const { deps, loads, pass } = rotating(server.origin)
    const { transport } = aTransport(t, server.origin, deps)
    await transport.send(read)
    pass(60_000)
    const before = loads()

    const answers = await Promise.all(Array.from({ length: 32 }, () => transport.send(read)))

    t.ok(answers.every((answer) => answer.status === 200))
    t.equal(loads() - before, 1)
  })

  await t.test('do not fail a request that was about to go out with them', async (t) => {
    const server = await scriptedServer(t, json(200), json(401), json(200))
    const late = Promise.withResolvers<string>()
    const headers = [async () => 'early', async () => 'early', () => late.promise]
    let now = 0
    const { transport } = aTransport(t, server.origin, {
      clock: { now: () => now },
      loadAccess: async () =>
        accessTo(server.origin, {
          authorization: async () => (await headers.shift()?.()) ?? 'new',
        }),
    })
    await transport.send(read)
    now += 60_000

    const refused = transport.send(read)
    const waiting = transport.send(read)
    await refused
    late.resolve('late')

    t.equal((await waiting).status, 200)
    t.notOk(server.seen.some(({ headers }) => headers.authorization === 'late'))
  })

  await t.test(
    'stay refused when they are no better the second time, and are left alone',
    async (t) => {
      const server = await scriptedServer(t, json(401))
      const { deps, loads, pass } = rotating(server.origin)
      const { transport } = aTransport(t, server.origin, deps)
      await transport.send(read)
      pass(60_000)

      const answers = [await transport.send(read), await transport.send(read)]

      t.same(
        answers.map((answer) => statusError(answer, target).code),
        ['CLUSTER_UNAUTHENTICATED', 'CLUSTER_UNAUTHENTICATED'],
      )
      t.equal(loads(), 2)
    },
  )

  await t.test(
    'that cannot be had fail the request, and are asked for again by the next',
    async (t) => {
      const server = await scriptedServer(t, json(200))
      let loads = 0
      const { transport } = aTransport(t, server.origin, {
        loadAccess: async () => {
          loads += 1
          if (loads === 1) throw new StageError('CONFIG_INVALID', 'cluster prod: no such file')
          return accessTo(server.origin)
        },
      })

      await t.rejects(transport.send(read), { code: 'CONFIG_INVALID' })
      t.equal((await transport.send(read)).status, 200)
    },
  )
})

test('a transport that is closed', async (t) => {
  await t.test('answers no more', async (t) => {
    const server = await scriptedServer(t, json(200))
    const { transport } = aTransport(t, server.origin)
    await transport.send(read)

    await transport.close()

    await t.rejects(transport.send(read), { code: 'CLUSTER_UNREACHABLE', text: /client is closed/ })
    t.equal(server.seen.length, 1)
  })

  await t.test('before its credentials are there asks nothing', async (t) => {
    const server = await scriptedServer(t, json(200))
    const access = Promise.withResolvers<ReturnType<typeof accessTo>>()
    const { transport } = aTransport(t, server.origin, { loadAccess: () => access.promise })
    const waiting = transport.send(read)

    await transport.close()
    access.resolve(accessTo(server.origin))

    await t.rejects(waiting, { code: 'CLUSTER_UNREACHABLE' })
    t.equal(server.seen.length, 0)
  })
})
