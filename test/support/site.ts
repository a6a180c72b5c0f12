import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createInstanceClient } from '../../src/cli/instance-client.ts'
import type { ApplicationView } from '../../src/domain/application-view.ts'
import type { ForgeSettings } from '../../src/domain/settings.ts'
import type { SyncRecord } from '../../src/domain/sync.ts'
import { controlPlane, testNamespace } from './control-plane.ts'
import type { FakeForge, PostedStatus } from './fake-forge.ts'
import { fakeForges } from './fake-forges.ts'
import { type FakeGithub, startFakeGithub } from './fake-github.ts'
import { type GitHttpServer, startGitHttpServer } from './git-http-server.ts'
import { createTestRepository, type Files, type TestRepository } from './git-repository.ts'
import { type CommandRun, type Instance, runLandfall, startInstance } from './instance.ts'
import type { Scope } from './scope.ts'

type Keys = Readonly<Record<string, unknown>>

interface SiteOptions {
  readonly forge?: ForgeSettings['type']
  /** Keys of each application by what its name ends in; by default one, with the site's name. */
  readonly applications?: Readonly<Record<string, Keys>>
  /** Keys of all of them. */
  readonly defaults?: Keys
  /** Of the file itself. */
  readonly keys?: Keys
  /** Instead of the control plane's own. */
  readonly kubeconfig?: string
  /** What the configuration names by `env`. */
  readonly env?: Readonly<Record<string, string>>
  /** Of the Landfall that is started; by default this one's source. */
  readonly program?: string | undefined
  /** Signs in as a GitHub App, with no token. */
  readonly app?: boolean
}

/** All that surrounds an instance, with nothing but the forge's API faked. */
export interface Site {
  /** Of the namespace, and of the application where there is one. */
  readonly name: string
  readonly dir: string
  readonly dataDir: string
  readonly config: string
  readonly forge: FakeForge
  readonly git: GitHttpServer
  readonly repository: TestRepository
  readonly repo: string
  readonly secret: string
  /** Writes the configuration again, with other values for some of its keys. */
  configure(keys: Keys): Promise<void>
  /** In the site's namespace. */
  kubectl(...args: readonly string[]): Promise<string>
  /** Starts an instance that ends with the test. */
  start(...args: readonly string[]): Promise<Instance>
  /** Runs a command with the site's configuration. */
  landfall(command: string, ...args: readonly string[]): Promise<CommandRun>
  /** Commits, pushes, and delivers the forge's webhook. */
  push(instance: Instance, files: Files): Promise<string>
  deliver(
    instance: Pick<Instance, 'url'>,
    payload: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Response>
  /** The first status of the commit, for the application, that is not pending. */
  final(sha: string, application?: string): Promise<PostedStatus>
  /** In the order they were posted. */
  statusesOf(sha: string, application?: string): readonly PostedStatus[]
  application(name?: string): Promise<ApplicationView>
  syncs(name?: string): Promise<readonly SyncRecord[]>
}

const longestMs = 60_000
const open = ['pending', 'running']

export async function testSite(t: Scope, options: SiteOptions = {}): Promise<Site> {
  const type = options.forge ?? 'github'
  const fake = fakeForges[type]
  const plane = await controlPlane()
  const name = await testNamespace(t)
  // Not t.testdir: a socket's path has 103 bytes at most.
  const dir = await mkdtemp(join(tmpdir(), 'landfall-e2e-'))
  t.teardown(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }))
  const github = type === 'github' ? await startFakeGithub() : undefined
  const forge = github ?? (await fake.start())
  t.teardown(() => forge.close())
  const root = join(dir, 'repositories')
  await mkdir(join(root, 'acme'), { recursive: true })
  const repository = await createTestRepository(join(root, 'acme'))
  const git = await startGitHttpServer({ root, token: github?.tokens.isKnown ?? forge.token })
  t.teardown(() => git.close())
  const repo = `${git.url}/acme/deploy.git`
  const dataDir = join(dir, 'data')
  const config = join(dir, 'landfall.yaml')
  const secret = `e2e-webhook-secret-${randomUUID()}`
  const env = { E2E_WEBHOOK_SECRET: secret, E2E_TOKEN: forge.token, ...options.env }
  const applications = Object.entries(options.applications ?? { '': {} }).map(([end, keys]) => {
    return [end === '' ? name : `${name}-${end}`, { path: 'app', ...keys }] as const
  })
  const document: Keys = {
    server: { listen: '127.0.0.1:0', publicUrl: 'https://landfall.example.com' },
    dataDir,
    forges: {
      [type]: {
        type,
        url: git.url,
        apiUrl: forge.apiUrl,
        webhookSecret: { env: 'E2E_WEBHOOK_SECRET' },
        ...(options.app === true
          ? await signInAsApp(dir, github)
          : { token: { env: 'E2E_TOKEN' } }),
      },
    },
    clusters: { test: { kubeconfig: options.kubeconfig ?? plane.kubeconfig } },
    defaults: {
      forge: type,
      repo,
      branch: 'main',
      cluster: 'test',
      namespace: name,
      sync: { every: '1h' },
      ...options.defaults,
    },
    applications: Object.fromEntries(applications),
    security: { allowInsecureHttp: true },
    ...options.keys,
  }
  const configure: Site['configure'] = (keys) =>
    writeFile(config, JSON.stringify({ ...document, ...keys }))
  await configure({})
  t.teardown(async () => {
    const maps = applications.map(([application]) => `configmap/landfall-${application}`)
    await plane.kubectl(['delete', ...maps, '--namespace=landfall-system', '--ignore-not-found'])
  })
  const client = createInstanceClient({ kind: 'socket', path: join(dataDir, 'landfall.sock') })
  const statusesOf: Site['statusesOf'] = (sha, application = name) =>
    forge.statuses.filter(
      (status) => status.sha === sha && status.context === `landfall/${application}`,
    )
  let running: Instance | undefined

  const site: Site = {
    name,
    dir,
    dataDir,
    config,
    forge,
    git,
    repository,
    repo,
    secret,
    configure,
    statusesOf,
    kubectl: async (...args) => (await plane.kubectl(['--namespace', name, ...args])).trim(),
    async start(...args) {
      const instance = await startInstance({ config, env, args, program: options.program })
      running = instance
      t.teardown(() => instance.kill('SIGKILL'))
      return instance
    },
    landfall: (command, ...args) =>
      runLandfall([...command.split(' '), '--config', config, ...args], env),
    async push(instance, files) {
      const before = await repository
        .git('rev-parse', '--quiet', '--verify', 'HEAD')
        .catch(() => '')
      const after = await repository.commit(files)
      const push = { repo, before: before === '' ? '0'.repeat(40) : before, after }
      const answer = await site.deliver(instance, fake.push(push))
      if (answer.status !== 202) throw new Error(`push: ${answer.status} ${await answer.text()}`)
      return after
    },
    deliver(instance, payload, headers = {}) {
      const body = JSON.stringify(payload)
      return fetch(`${instance.url}/webhooks/${type}`, {
        method: 'POST',
        body,
        headers: { ...fake.headers(body, secret), ...headers },
      })
    },
    final(sha, application = name) {
      const isFinal = (status: PostedStatus) =>
        status.sha === sha &&
        status.context === `landfall/${application}` &&
        !open.includes(status.state)
      const what = `final status of ${sha} for ${application}`
      return within(longestMs, forge.status(isFinal), () => `${what}\n${running?.output() ?? ''}`)
    },
    application: async (application = name) =>
      (await client.get(`/applications/${application}`)) as ApplicationView,
    syncs: async (application = name) =>
      ((await client.get(`/applications/${application}/syncs`)) as { syncs: SyncRecord[] }).syncs,
  }
  return site
}

async function signInAsApp(dir: string, github: FakeGithub | undefined): Promise<Keys> {
  if (github === undefined) throw new Error('only GitHub has Apps')
  const { privateKey } = github.tokens.install({ id: '4711', installationId: 42 })
  const file = join(dir, 'app.pem')
  await writeFile(file, privateKey)
  return { app: { id: 4711, installationId: 42, privateKey: { file } } }
}

async function within<T>(ms: number, promise: Promise<T>, what: () => string): Promise<T> {
  const done = new AbortController()
  const late = delay(ms, undefined, { signal: done.signal, ref: false }).then(
    () => Promise.reject(new Error(`not within ${ms / 1000} s: ${what()}`)),
    () => promise,
  )
  try {
    return await Promise.race([promise, late])
  } finally {
    done.abort()
  }
}
