import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { type Test, test } from 'tap'
import { createSecret } from '../../src/domain/secret.ts'
import { aRepository, aSource, noSignal } from '../support/a-source.ts'
import { anApplication } from '../support/an-application.ts'
import { startGitHttpServer } from '../support/git-http-server.ts'
import { createTestRepository } from '../support/git-repository.ts'

const token = 'canary-t0ken'

async function aServedRepository(t: Test, options: { token?: string } = {}) {
  const { dir, repository, source } = await aRepository(t)
  const server = await startGitHttpServer({ root: dir, ...options })
  t.teardown(() => server.close())
  const application = anApplication({ repo: `${server.url}/deploy.git` })
  return { dir, repository, source, server, application }
}

function withToken(value: string) {
  return { kind: 'token', username: 'landfall', token: createSecret(value) } as const
}

function manyFiles(count: number, bytes: number): Record<string, Buffer> {
  const names = Array.from({ length: count }, (_, index) => `many/${index}`)
  return Object.fromEntries(names.map((name) => [name, randomBytes(bytes)]))
}

/** What every process of this machine shows to others of its user. */
async function processTexts(): Promise<string> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const files = ids
    .filter((id) => Number(id) !== process.pid)
    .flatMap((id) => [`/proc/${id}/cmdline`, `/proc/${id}/environ`])
  const texts = files.map((file) => readFile(file, 'latin1').catch(() => ''))
  return (await Promise.all(texts)).join('\n')
}

test('a repository behind a token', async (t) => {
  const { dir, source, server, application } = await aServedRepository(t, { token })
  const allowed = { ...application, credentials: withToken(token) }

  await t.test('is fetched with it, sent at the first request', async (t) => {
    const tip = await source.fetchTip(allowed, noSignal)

    t.equal(tip.subject, 'first')
    const expected = `Basic ${Buffer.from(`landfall:${token}`).toString('base64')}`
    t.ok(server.requests.length > 0)
    t.ok(server.requests.every(({ authorization }) => authorization === expected))
  })

  await t.test('is not fetched without it or with another', async (t) => {
    const wrong = { ...application, credentials: withToken('wrong') }

    await t.rejects(source.fetchTip(application, noSignal), { code: 'SOURCE_DENIED' })
    await t.rejects(source.fetchTip(wrong, noSignal), { code: 'SOURCE_DENIED' })
  })

  await t.test('is not read from the mirror without it', async (t) => {
    t.ok(await source.localTip(allowed))
    t.equal(await source.localTip(application), undefined)
  })

  await t.test('E6: shows it in no command line and no environment', async (t) => {
    server.behaviour = { kind: 'stall' }
    const controller = new AbortController()
    const fetching = source.fetchTip(allowed, controller.signal).catch(() => {})
    await server.nextRequest()

    const seen = await processTexts()

    controller.abort()
    await fetching
    server.behaviour = { kind: 'serve' }
    t.ok(seen.includes('git-remote-http') || seen.includes('remote-http'))
    const basic = Buffer.from(`landfall:${token}`).toString('base64')
    for (const form of [token, basic, encodeURIComponent(token)]) t.notOk(seen.includes(form))
  })

  await t.test('E6: leaves no trace of it in files or errors', async (t) => {
    const wrong = { ...application, credentials: withToken('wrong-canary') }
    const error: unknown = await source.fetchTip(wrong, noSignal).catch((cause: unknown) => cause)

    t.notMatch(inspect(error, { depth: 10 }), /canary|d3Jvbmct|Y2FuYXJ5/)
    const files = await readdir(join(dir, 'data'), { recursive: true })
    t.notOk(files.some((file) => file.includes('canary')))
    t.same(await readdir(join(dir, 'data', 'tmp')), [])
  })
})

test('what a server does', async (t) => {
  await t.test('C6: a redirect is not followed, and the token goes nowhere else', async (t) => {
    const { source, server, application } = await aServedRepository(t)
    const seen: (string | undefined)[] = []
    const other = createServer((request, response) => {
      seen.push(request.headers.authorization)
      response.end()
    })
    other.listen(0, '127.0.0.1')
    await once(other, 'listening')
    t.teardown(() => other.close())
    const address = other.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    server.behaviour = { kind: 'redirect', to: `http://127.0.0.1:${port}` }

    const fetching = source.fetchTip({ ...application, credentials: withToken(token) }, noSignal)

    await t.rejects(fetching, { code: 'SOURCE_REFUSED', message: /redirects elsewhere/ })
    t.same(seen, [])
  })

  await t.test('a failure of its own is worth another try', async (t) => {
    const { source, server, application } = await aServedRepository(t)
    for (const code of [429, 500, 502, 503]) {
      server.behaviour = { kind: 'status', code }
      await t.rejects(source.fetchTip(application, noSignal), {
        code: 'SOURCE_UNREACHABLE',
        retry: { kind: 'backoff' },
      })
    }
  })

  await t.test('403 and 404 are a denial', async (t) => {
    const { source, server, application } = await aServedRepository(t)
    for (const code of [403, 404]) {
      server.behaviour = { kind: 'status', code }
      await t.rejects(source.fetchTip(application, noSignal), { code: 'SOURCE_DENIED' })
    }
  })

  await t.test('what speaks no TLS is unreachable, and told as such', async (t) => {
    const { source, application } = await aServedRepository(t)
    const repo = application.repo.replace('http:', 'https:')

    await t.rejects(source.fetchTip({ ...application, repo }, noSignal), {
      code: 'SOURCE_UNREACHABLE',
      message: /TLS/,
    })
  })

  await t.test('a closed port is unreachable', async (t) => {
    const { source, server, application } = await aServedRepository(t)
    await server.close()

    await t.rejects(source.fetchTip(application, noSignal), { code: 'SOURCE_UNREACHABLE' })
  })

  await t.test('R18: a pack cut short is unreachable, and the next fetch is whole', async (t) => {
    const { source, server, application, repository } = await aServedRepository(t)
    await source.fetchTip(application, noSignal)
    const sha = await repository.commit({ big: Buffer.alloc(200_000, 'x1y2z3') })
    server.behaviour = { kind: 'cut', afterBytes: 300 }
    await t.rejects(source.fetchTip(application, noSignal), { code: 'SOURCE_UNREACHABLE' })

    server.behaviour = { kind: 'serve' }
    t.equal((await source.fetchTip(application, noSignal)).sha, sha)
  })

  await t.test('C8: a server that stalls is left when the time is up', async (t) => {
    const { dir, server, application } = await aServedRepository(t)
    const source = aSource(dir, { fetchTimeoutMs: 500 })
    server.behaviour = { kind: 'stall' }

    await t.rejects(source.fetchTip(application, noSignal), { code: 'SOURCE_TIMEOUT' })
    t.same(await readdir(join(dir, 'data', 'tmp')), [], 'the half-made mirror is gone')
  })

  await t.test('C8: a fetch larger than its limit is ended and leaves nothing', async (t) => {
    const { dir, repository, application } = await aServedRepository(t)
    const source = aSource(dir, { maxFetchBytes: 100_000 })
    const small = await source.fetchTip(application, noSignal)
    // git unpacks fewer than a hundred objects, and keeps more as one pack.
    const large = [{ big: randomBytes(1_000_000) }, manyFiles(150, 2000)]

    for (const files of large) {
      await repository.commit(files)
      const error: unknown = await source.fetchTip(application, noSignal).catch((e: unknown) => e)
      t.match(error, { code: 'SOURCE_REFUSED', text: /more than one fetch may take/ })
    }
    const left = await readdir(join(dir, 'data'), { recursive: true })
    t.strictSame(
      left.filter((name) => name.includes('tmp_')),
      [],
    )
    t.equal((await source.localTip(application))?.sha, small.sha, 'and the mirror is as it was')
  })

  await t.test('C8: a caller who gives up leaves a stalled server at once', async (t) => {
    const { source, server, application } = await aServedRepository(t)
    server.behaviour = { kind: 'stall' }
    const controller = new AbortController()
    const fetching = source.fetchTip(application, controller.signal)
    await server.nextRequest()

    controller.abort(new Error('a newer commit'))

    await t.rejects(fetching, { code: 'SOURCE_TIMEOUT', cause: { message: 'a newer commit' } })
  })

  await t.test('B7, R19: a replica that lags serves its old tip, then the new one', async (t) => {
    const { dir, repository, source, server, application } = await aServedRepository(t)
    const old = await repository.git('rev-parse', 'HEAD')
    const lagging = join(dir, 'lagging')
    await mkdir(lagging)
    const replica = await createTestRepository(lagging)
    await replica.git('pull', '-q', repository.bare, 'main')
    await replica.git('push', '-q', 'origin', 'HEAD')
    const next = await repository.commit({ a: 'next' })

    server.behaviour = { kind: 'serveFrom', root: lagging }
    t.equal((await source.fetchTip(application, noSignal)).sha, old)
    server.behaviour = { kind: 'serve' }
    t.equal((await source.fetchTip(application, noSignal)).sha, next)
  })
})

test('a host name is resolved once, and git uses that address alone', async (t) => {
  const { dir, server } = await aServedRepository(t)
  const asked: string[] = []
  const source = aSource(dir, {
    resolve: async (host) => {
      asked.push(host)
      return ['127.0.0.1']
    },
  })
  const repo = `${server.url.replace('127.0.0.1', 'git.landfall.invalid')}/deploy.git`

  const tip = await source.fetchTip(anApplication({ repo }), noSignal)

  t.equal(tip.subject, 'first')
  t.same(asked, ['git.landfall.invalid'])
})
