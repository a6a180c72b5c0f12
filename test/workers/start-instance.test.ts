import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import type { RunningInstance, StartOptions } from '../../src/cli/context.ts'
import { createSecret } from '../../src/domain/secret.ts'
import type { Config } from '../../src/domain/settings.ts'
import { connectRedis } from '../../src/queue/connect.ts'
import { createDeliveryLog } from '../../src/queue/delivery-log.ts'
import { createKeys } from '../../src/queue/keys.ts'
import { startInstance } from '../../workers/start-instance.ts'
import { anApplication } from '../support/an-application.ts'
import { forgeSettings, webhookSecret } from '../support/forge-settings.ts'
import { githubPush } from '../support/payloads.ts'
import { testRedis } from '../support/redis.ts'
import { githubHeaders } from '../support/sign.ts'
import { until } from '../support/until.ts'

async function aConfig(t: Test, changes: Partial<Config> = {}): Promise<Config> {
  // Not t.testdir: a socket's path has 103 bytes at most.
  const dataDir = await mkdtemp(join(tmpdir(), 'landfall-'))
  t.teardown(() => rm(dataDir, { recursive: true, force: true }))
  return {
    server: { host: '127.0.0.1', port: 0, publicUrl: undefined, trustProxy: false, tokens: [] },
    redisUrl: undefined,
    dataDir,
    forges: new Map([['github', forgeSettings()]]),
    clusters: new Map([
      [
        'prod',
        { name: 'prod', kind: 'kubeconfig', file: join(dataDir, 'none'), context: undefined },
      ],
    ]),
    witnesses: new Map(),
    applications: new Map([['web', anApplication({ name: 'web' })]]),
    security: {
      allowInsecureHttp: false,
      allowLocalRepos: false,
      requireServiceAccount: false,
    },
    ...changes,
  }
}

function optionsFor(redisUrl: string, role?: StartOptions['role']): StartOptions {
  return { role, redisUrl, tools: { kustomize: undefined, helm: undefined }, log: 'silent' }
}

async function start(
  t: Test,
  config: Config,
  options: StartOptions,
): Promise<RunningInstance & { readonly url: string }> {
  const instance = await startInstance(config, options)
  t.teardown(() => instance.close())
  return { ...instance, url: instance.url ?? '' }
}

function deliverPush(url: string): Promise<Response> {
  const body = JSON.stringify(githubPush())
  const headers = githubHeaders(body, webhookSecret)
  return fetch(`${url}/webhooks/github`, { method: 'POST', body, headers })
}

interface Answer {
  readonly status: number | undefined
  readonly body: unknown
}

async function askSocket(dataDir: string, path: string): Promise<Answer> {
  const sent = request({ socketPath: join(dataDir, 'landfall.sock'), path })
  sent.end()
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk)
  return { status: answer.statusCode, body: JSON.parse(Buffer.concat(chunks).toString()) }
}

test('a receiver', async (t) => {
  const server = await testRedis(t)

  await t.test('queues a signed push and answers on its own socket', async (t) => {
    const config = await aConfig(t)
    const { url } = await start(t, config, optionsFor(server.url, 'receiver'))

    const answer = await deliverPush(url)

    t.equal(answer.status, 202)
    t.match(await answer.json(), { accepted: 1 })
    t.equal((await fetch(`${url}/readyz`)).status, 200)
    t.equal((await fetch(`${url}/api/v1/applications`)).status, 401)
    const { mode } = await stat(join(config.dataDir, 'landfall.sock'))
    t.equal(mode & 0o777, 0o600)
    t.match(await askSocket(config.dataDir, '/api/v1/applications'), {
      status: 200,
      body: { applications: [{ name: 'web', message: 'no sync yet' }] },
    })
    const metrics = await (await fetch(`${url}/metrics`)).text()
    t.match(metrics, /landfall_queue_jobs\{state="waiting"\} 1/)
    t.match(metrics, /landfall_application_info\{application="web",sync_status="Unknown"/)
  })

  await t.test('remembers when a delivery was verified, and by which secret', async (t) => {
    const unused = createSecret('a-secret-that-nobody-uses')
    const used = createSecret(webhookSecret)
    const github = forgeSettings({ webhookSecrets: [unused, used] })
    const config = await aConfig(t, { forges: new Map([['github', github]]) })
    const { url } = await start(t, config, optionsFor(server.url, 'receiver'))
    const redis = connectRedis(server.url, 'worker', () => {})
    t.teardown(() => redis.disconnect())
    const log = createDeliveryLog(redis, createKeys())
    await deliverPush(url)

    const read = () => log.read('github', github.webhookSecrets)
    await until('noted', async () => (await read()).bySecret[1] !== undefined)
    t.equal((await read()).bySecret[0], undefined)
  })

  await t.test('R5: starts without Redis, says so, and works once that is there', async (t) => {
    await server.stop()
    const { url } = await start(t, await aConfig(t), optionsFor(server.url, 'receiver'))

    t.equal((await fetch(`${url}/healthz`)).status, 200)
    t.equal((await fetch(`${url}/readyz`)).status, 503)
    const asked = performance.now()
    const refused = await deliverPush(url)
    t.equal(refused.status, 503)
    t.ok(refused.headers.get('retry-after'))
    t.ok(performance.now() - asked < 2_500)
    t.equal((await fetch(`${url}/metrics`)).status, 200)

    await server.start()
    await until('ready', async () => (await fetch(`${url}/readyz`)).status === 200)
    t.equal((await deliverPush(url)).status, 202)
  })

  await t.test('R11: refuses a Redis that evicts', async (t) => {
    const redis = connectRedis(server.url, 'worker', () => {})
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru')

    await t.rejects(startInstance(await aConfig(t), optionsFor(server.url)), {
      code: 'QUEUE_POLICY',
    })

    await redis.config('SET', 'maxmemory-policy', 'noeviction')
    redis.disconnect()
  })

  await t.test('two instances on one dataDir: the second is refused', async (t) => {
    const config = await aConfig(t)
    await start(t, config, optionsFor(server.url, 'receiver'))

    await t.rejects(startInstance(config, optionsFor(server.url, 'receiver')), {
      code: 'CONFIG_INVALID',
    })
  })
})

test('a receiver that is configured anew', async (t) => {
  const { url: redisUrl } = await testRedis(t)
  const withToken = (token: string): Config['server'] => ({
    host: '127.0.0.1',
    port: 0,
    publicUrl: undefined,
    trustProxy: false,
    tokens: [
      { name: 'ci', role: 'viewer', sha256: createHash('sha256').update(token).digest('hex') },
    ],
  })

  await t.test('knows other tokens, secrets and applications, or none of them', async (t) => {
    const config = await aConfig(t, { server: withToken('old') })
    const { url, reload } = await start(t, config, optionsFor(redisUrl, 'receiver'))
    const ask = async (token: string) => {
      const headers = { authorization: `Bearer ${token}` }
      const answer = await fetch(`${url}/api/v1/applications`, { headers })
      const { applications = [] } = (await answer.json()) as { applications?: { name: string }[] }
      return [answer.status, ...applications.map(({ name }) => name)]
    }
    const rotated = forgeSettings({ webhookSecrets: [createSecret('another-webhook-secret')] })
    const next: Config = {
      ...config,
      server: withToken('new'),
      forges: new Map([['github', rotated]]),
      applications: new Map([['api', anApplication({ name: 'api' })]]),
    }
    const weak = forgeSettings({ webhookSecrets: [createSecret('short')] })
    const loaded = { kind: 'ok', warnings: [], files: [] } as const

    await reload({ ...loaded, config: { ...next, forges: new Map([['github', weak]]) } })
    t.strictSame(await ask('old'), [200, 'web'])
    t.equal((await deliverPush(url)).status, 202)

    await reload({ ...loaded, config: next })
    t.strictSame(await ask('old'), [401])
    t.strictSame(await ask('new'), [200, 'api'])
    t.equal((await deliverPush(url)).status, 401)
  })
})

test('a worker', async (t) => {
  const { url: redisUrl } = await testRedis(t)

  await t.test('answers the probes and its metrics, and takes no delivery', async (t) => {
    const github = forgeSettings({ webhookSecrets: [] })
    const config = await aConfig(t, { forges: new Map([['github', github]]) })
    const { url } = await start(t, config, optionsFor(redisUrl, 'worker'))

    t.equal((await fetch(`${url}/healthz`)).status, 200)
    await until('ready', async () => (await fetch(`${url}/readyz`)).status === 200)
    const synced = async () => (await fetch(`${url}/metrics`)).text()
    await until('counted', async () => /landfall_sync_total\{.*\} 1/.test(await synced()))
    t.equal((await deliverPush(url)).status, 404)
    t.equal((await fetch(`${url}/api/v1/applications`)).status, 404)
  })
})

test('a whole instance', async (t) => {
  const { url: redisUrl } = await testRedis(t)

  await t.test('tells of an application whose cluster is not there', async (t) => {
    const config = await aConfig(t)
    await start(t, config, optionsFor(redisUrl))
    const ask = async () => (await askSocket(config.dataDir, '/api/v1/applications/web')).body

    await until('swept', async () => ((await ask()) as { phase?: string }).phase === 'Failed')

    t.match(await ask(), { name: 'web', phase: 'Failed', syncStatus: 'OutOfSync' })
    const { body } = await askSocket(config.dataDir, '/api/v1/applications/web/syncs')
    t.match(body, { syncs: [{ trigger: 'sweep', phase: 'Failed' }] })
  })

  await t.test('ends when it is closed', async (t) => {
    const config = await aConfig(t)
    const { url, close } = await start(t, config, optionsFor(redisUrl))

    await close()

    await t.rejects(fetch(`${url}/healthz`))
    await t.rejects(askSocket(config.dataDir, '/healthz'))
  })
})
