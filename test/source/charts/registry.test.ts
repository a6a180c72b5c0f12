import { createServer } from 'node:http'
import { test } from 'tap'
import { aFetcher, basic, robot } from '../../support/a-chart-fetcher.ts'
import { aFilledRegistry } from '../../support/a-filled-registry.ts'
import { aChartRepository } from '../../support/chart-repository.ts'
import { listenOn } from '../../support/listen-on.ts'

test('a chart of an OCI registry', async (t) => {
  await t.test('is fetched by its digest, as helm pushed it', async (t) => {
    const { archive, chart, seen, url, dir } = await aFilledRegistry(t)

    t.ok((await aFetcher(dir, [url])(chart)).equals(archive))
    t.same(
      seen.map(({ path }) => path),
      ['/v2/acme/charts/db/manifests/1.0.0', `/v2/acme/charts/db/blobs/sha256:${chart.sha256}`],
    )
  })

  await t.test('has an underscore in its tag for the plus of its version', async (t) => {
    const { archive, chart, url, dir } = await aFilledRegistry(t, {}, '1.0.0+build.5')

    t.ok((await aFetcher(dir, [url])(chart)).equals(archive))
  })

  await t.test('of which the tag was moved is an error with both digests', async (t) => {
    const { chart, url, dir, seen } = await aFilledRegistry(t)
    const wanted = 'c'.repeat(64)

    await t.rejects(aFetcher(dir, [url])({ ...chart, sha256: wanted }), {
      code: 'SOURCE_REFUSED',
      text: `chart db 1.0.0 of ${chart.repository}: wanted is the archive sha256:${wanted}, there is sha256:${chart.sha256}`,
    })
    t.equal(seen.length, 1, 'and its blob is not asked for')
  })

  await t.test('of which the registry sends other bytes is an error', async (t) => {
    const { chart, url, dir, blobs } = await aFilledRegistry(t)
    blobs.set(`sha256:${chart.sha256}`, Buffer.from('other'))

    await t.rejects(aFetcher(dir, [url])(chart), { message: /wanted is the archive sha256:/ })
  })

  await t.test('that is none is an error', async (t) => {
    const { chart, url, dir, manifests } = await aFilledRegistry(t)
    const path = '/v2/acme/charts/db/manifests/1.0.0'
    manifests.set(path, { type: 'x', body: Buffer.from('{"layers": []}') })

    await t.rejects(aFetcher(dir, [url])(chart), { message: /what is there is no chart/ })
    const absent = { ...chart, version: '9.9.9' }
    await t.rejects(aFetcher(dir, [url])(absent), { code: 'SOURCE_DENIED', message: /answers 404/ })
  })

  await t.test('is fetched with a password where the registry wants one', async (t) => {
    const wants = { authorization: basic, challenge: 'Basic realm="x"' }
    const { archive, chart, url, dir } = await aFilledRegistry(t, { wants })

    t.ok((await aFetcher(dir, [{ url, credentials: robot }])(chart)).equals(archive))
    const anonymous = aFetcher(t.testdir(), [url])
    await t.rejects(anonymous(chart), { code: 'SOURCE_DENIED', message: /answers 401/ })
  })

  await t.test('may lie on another host, which is shown no token', async (t) => {
    const wants = { authorization: basic, challenge: 'Basic realm="x"' }
    const other = await aChartRepository(t)
    const redirect = () => `${other.url}/db-1.0.0.tgz`
    const { archive, chart, url, dir } = await aFilledRegistry(t, { wants, redirect })
    other.replies.set('/charts/db-1.0.0.tgz', { status: 200, body: archive })

    const fetch = aFetcher(dir, [{ url, credentials: robot }, other.url])

    t.ok((await fetch(chart)).equals(archive))
    t.same(other.seen.at(-1), { path: '/charts/db-1.0.0.tgz', authorization: undefined })
  })
})

test('a registry that wants a token of another host', async (t) => {
  const tokens: (string | undefined)[] = []
  const scopes: (string | null)[] = []
  const realm = await listenOn(
    t,
    createServer(({ url, headers }, response) => {
      tokens.push(headers.authorization)
      scopes.push(new URL(url ?? '', 'http://x').searchParams.get('scope'))
      response.end('{"token": "fleeting"}')
    }),
  )
  const challenge = `Bearer realm="http://${realm}/token",service="registry"`
  const wants = { authorization: 'Bearer fleeting', challenge }
  const { archive, chart, url, dir } = await aFilledRegistry(t, { wants })

  await t.test('C6: is not given the password for it, unless the host is named', async (t) => {
    const named = { url: `http://${realm}`, credentials: undefined }
    const fetch = aFetcher(dir, [{ url, credentials: robot }, named])

    t.ok((await fetch(chart)).equals(archive))
    t.same(tokens, [basic])
    t.same(scopes, ['repository:acme/charts/db:pull'])
  })

  await t.test('C7: is not followed to a private one that is not named', async (t) => {
    tokens.length = 0

    await t.rejects(aFetcher(t.testdir(), [{ url, credentials: robot }])(chart), {
      code: 'SOURCE_REFUSED',
      message: /a private address that chartRepositories does not name/,
    })
    t.same(tokens, [])
  })
})
