import { readdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { test } from 'tap'
import { StageError } from '../../../src/domain/error.ts'
import { aFetcher, basic, robot } from '../../support/a-chart-fetcher.ts'
import { aChartRepository } from '../../support/chart-repository.ts'
import { listenOn } from '../../support/listen-on.ts'

test('a chart of a repository with an index', async (t) => {
  const { url, sha256, archive, seen, replies, dir } = await aChartRepository(t)
  const chart = { repository: url, name: 'db', version: '1.0.0', sha256 }

  await t.test('is fetched once, and kept', async (t) => {
    const fetch = aFetcher(dir, [url])

    t.ok((await fetch(chart)).equals(archive))
    t.ok((await fetch(chart)).equals(archive))
    t.same(
      seen.map(({ path }) => path),
      ['/charts/index.yaml', '/charts/db-1.0.0.tgz'],
    )
  })

  await t.test('that is kept is refused to whom its repository is not named', async (t) => {
    await t.rejects(aFetcher(dir, ['https://example.com'])(chart), {
      code: 'SOURCE_REFUSED',
      message: /chartRepositories does not name it/,
    })
  })

  await t.test('that one credential fetched is fetched anew with another', async (t) => {
    const other = t.testdir()
    t.ok((await aFetcher(other, [{ url, credentials: robot }])(chart)).equals(archive))
    replies.set('/charts/db-1.0.0.tgz', { status: 403 })
    t.ok((await aFetcher(other, [{ url, credentials: robot }])(chart)).equals(archive))

    await t.rejects(aFetcher(other, [url])(chart), { code: 'SOURCE_DENIED' })
    replies.set('/charts/db-1.0.0.tgz', { status: 200, body: archive })
  })

  await t.test('is fetched again where the kept one is damaged', async (t) => {
    const [file] = await readdir(join(dir, 'data', 'charts'))
    await writeFile(join(dir, 'data', 'charts', file ?? ''), 'damaged')
    seen.length = 0

    t.ok((await aFetcher(dir, [url])(chart)).equals(archive))
    t.equal(seen.length, 2)
  })

  await t.test('with another digest than wanted is an error with both, and not kept', async (t) => {
    const wanted = 'a'.repeat(64)
    const other = t.testdir()

    await t.rejects(aFetcher(other, [url])({ ...chart, sha256: wanted }), {
      code: 'SOURCE_REFUSED',
      text: `chart db 1.0.0 of ${url}: wanted is the archive sha256:${wanted}, there is sha256:${sha256}`,
    })
    await t.rejects(readdir(join(other, 'data', 'charts')), { code: 'ENOENT' })
  })

  await t.test('that the index does not name is an error', async (t) => {
    for (const change of [{ version: '2.0.0' }, { name: 'other' }]) {
      const wanted = { ...chart, ...change, sha256: 'b'.repeat(64) }
      await t.rejects(aFetcher(t.testdir(), [url])(wanted), {
        code: 'SOURCE_DENIED',
        message: /names no such version/,
      })
    }
  })

  await t.test('may be redirected to another host that is named, but not its token', async (t) => {
    const other = await aChartRepository(t)
    replies.set('/charts/db-1.0.0.tgz', { status: 302, location: `${other.url}/db-1.0.0.tgz` })
    other.replies.set('/charts/db-1.0.0.tgz', { status: 200, body: archive })
    const fetch = aFetcher(t.testdir(), [{ url, credentials: robot }, other.url])
    seen.length = 0

    t.ok((await fetch(chart)).equals(archive))
    t.same(
      seen.map(({ authorization }) => authorization),
      [basic, basic],
    )
    t.same(
      other.seen.map(({ authorization }) => authorization),
      [undefined],
    )
  })

  await t.test('C7: is not followed to a private address that is not named', async (t) => {
    const other = await aChartRepository(t)
    const { port } = new URL(other.url)
    for (const location of [other.url, `http://localhost:${port}/`, `http://[::1]:${port}/`]) {
      replies.set('/charts/db-1.0.0.tgz', { status: 302, location })
      await t.rejects(aFetcher(t.testdir(), [url])(chart), {
        code: 'SOURCE_REFUSED',
        message: /a private address that chartRepositories does not name/,
      })
    }
    t.same(other.seen, [])
  })

  await t.test('C7: is not followed to a link-local or metadata address', async (t) => {
    for (const location of ['http://169.254.169.254/x', 'http://[fd00:ec2::254]/', 'http://0/']) {
      replies.set('/charts/db-1.0.0.tgz', { status: 307, location })
      await t.rejects(aFetcher(t.testdir(), [url])(chart), {
        code: 'SOURCE_REFUSED',
        message: /link-local or metadata address/,
      })
    }
  })

  await t.test('C7: is not fetched where a name has one bad address among others', async (t) => {
    const resolve = async () => ['203.0.113.7', '169.254.169.254']
    const named = 'http://charts.example.com'
    const fetch = aFetcher(t.testdir(), [named], { resolve })

    await t.rejects(fetch({ ...chart, repository: named }), { message: /link-local or metadata/ })
  })

  await t.test(
    'C6: is not followed where the URL carries a credential, or is no http',
    async (t) => {
      for (const location of [
        `http://a:b@${new URL(url).host}/`,
        'ftp://example.com/',
        'file:///x',
      ]) {
        replies.set('/charts/db-1.0.0.tgz', { status: 302, location })
        await t.rejects(aFetcher(t.testdir(), [url])(chart), { code: 'SOURCE_REFUSED' })
      }
    },
  )

  await t.test('that is redirected without end is an error', async (t) => {
    replies.set('/charts/db-1.0.0.tgz', { status: 302, location: `${url}/db-1.0.0.tgz` })

    await t.rejects(aFetcher(t.testdir(), [url])(chart), { message: /redirected too often/ })
  })

  await t.test('that is larger than a checkout takes is not read to its end', async (t) => {
    replies.set('/charts/db-1.0.0.tgz', { status: 200, body: Buffer.alloc(33 * 1024 * 1024) })

    await t.rejects(aFetcher(t.testdir(), [url])(chart), {
      code: 'SOURCE_REFUSED',
      message: /sends more than 33554432 bytes/,
    })
  })

  await t.test('C6: goes over http only where that is allowed', async (t) => {
    const security = {
      allowInsecureHttp: false,
      allowLocalRepos: true,
      requireServiceAccount: false,
    }

    await t.rejects(aFetcher(t.testdir(), [url], { security })(chart), { message: /is not https/ })
  })

  await t.test('is not fetched from a repository that is not named', async (t) => {
    for (const named of [[], ['https://example.com'], [`${url}/deeper`], [`${url}s`]]) {
      await t.rejects(aFetcher(t.testdir(), named)(chart), {
        code: 'SOURCE_REFUSED',
        message: /chartRepositories does not name it/,
      })
    }
  })
})

test('a fetch that is stopped says why', async (t) => {
  const reached = Promise.withResolvers<void>()
  const host = await listenOn(
    t,
    createServer(() => reached.resolve()),
  )
  const repository = `http://${host}/x`
  const controller = new AbortController()
  const fetching = aFetcher(
    t.testdir(),
    [repository],
    {},
    controller.signal,
  )({
    repository,
    name: 'db',
    version: '1.0.0',
    sha256: 'a'.repeat(64),
  })

  await reached.promise
  controller.abort(new StageError('SYNC_TIMEOUT', 'it took longer than sync.timeout'))

  await t.rejects(fetching, { code: 'SYNC_TIMEOUT' })
})

test('a repository that does not answer is an error that is tried again', async (t) => {
  const chart = { name: 'db', version: '1.0.0', sha256: 'a'.repeat(64) }
  const host = await listenOn(
    t,
    createServer((request) => request.socket.destroy()),
  )
  const failing = await listenOn(
    t,
    createServer((_, response) => response.writeHead(503).end()),
  )

  for (const repository of [`http://${host}/x`, `http://${failing}/x`]) {
    await t.rejects(aFetcher(t.testdir(), [repository])({ ...chart, repository }), {
      code: 'SOURCE_UNREACHABLE',
      retry: { kind: 'backoff' },
    })
  }
})
