import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { stringify } from 'yaml'
import { type ApiReader, apiReader } from './api-reader.ts'
import { canary } from './canary.ts'
import { controlPlane, testNamespace } from './control-plane.ts'
import { startFakeGithub } from './fake-github.ts'
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts'
import { followGenerations, type Generations } from './generations.ts'
import { type GitHttpServer, startGitHttpServer } from './git-http-server.ts'
import { createTestRepository } from './git-repository.ts'
import type { Instance } from './instance.ts'
import { kubeconfigFor } from './kube-proxy.ts'
import { githubPush } from './payloads.ts'
import { watchCommandLines } from './processes.ts'
import { createRandom, type Random } from './random.ts'
import { type TestRedis, testRedis } from './redis.ts'
import { filesOf, type RigApplication } from './rig-application.ts'
import { createRigProcess, type ProcessName, type RigProcess } from './rig-process.ts'
import { githubHeaders } from './sign.ts'
import { until } from './until.ts'

export interface RigOptions {
  readonly applications?: number
  /** ConfigMaps of each application, beside one Secret. */
  readonly objects?: number
  /** `sync.every` of all of them. */
  readonly every?: string
  /** The clock of each process can be set. */
  readonly clocks?: boolean
  /** Each worker has a disk of this size. */
  readonly diskBytes?: number | undefined
  /** So has Redis, and loses it when it stops. */
  readonly redisDiskBytes?: number
  /** Its files are put together by kustomize, which needs them on the disk. */
  readonly kustomized?: boolean
}

/** A forge's answer to us, kept for the search for secrets. */
export interface Delivered {
  readonly status: number
  readonly body: string
}

/**
 * Everything that runs in production, each link through a proxy: receiver and two workers as
 * processes of their own, Redis, git over HTTP, the real API server. Only the forge's API is faked.
 */
export interface FaultRig {
  readonly namespace: string
  readonly objects: number
  readonly random: Random
  readonly applications: readonly RigApplication[]
  readonly receiver: RigProcess
  readonly a: RigProcess
  readonly b: RigProcess
  readonly redis: TestRedis
  readonly git: GitHttpServer
  readonly forge: Awaited<ReturnType<typeof startFakeGithub>>
  readonly links: { readonly git: FaultProxy; readonly forge: FaultProxy; readonly web: FaultProxy }
  readonly api: ApiReader
  readonly generations: Generations
  /** By name, what must be found nowhere. */
  readonly secrets: Readonly<Record<string, string>>
  readonly instances: readonly Instance[]
  readonly answers: readonly Delivered[]
  /** Command lines seen so far of processes that belong to the rig. */
  commandLines(): Promise<readonly string[]>
  /** Makes the next generation the branch's tip; tells nobody. */
  commit(application: RigApplication): Promise<string>
  /** The forge's webhook for the tip. */
  deliver(application: RigApplication, delivery?: string): Promise<Delivered>
  /** Both; delivered again while it is not taken, as people do by hand. */
  push(application: RigApplication): Promise<string>
}

/** Started, with everything it has deployed once. */
export async function startFaultRig(t: Test, options: RigOptions = {}): Promise<FaultRig> {
  const { objects = 3, every = '5s', clocks = false, kustomized = false, diskBytes } = options
  const random = createRandom(t)
  const plane = await controlPlane()
  const namespace = await testNamespace(t)
  // Not t.testdir: a socket's path has 103 bytes at most.
  const dir = await mkdtemp(join(tmpdir(), 'landfall-rig-'))
  t.teardown(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }))
  const commands = watchCommandLines(t, dir)
  const forge = await startFakeGithub(canary('forge-token'))
  t.teardown(() => forge.close())
  const root = join(dir, 'repositories')
  const git = await startGitHttpServer({ root, token: forge.token })
  t.teardown(() => git.close())
  const redis = await testRedis(t, options.redisDiskBytes)
  const links = {
    git: await startFaultProxy(t, portOf(git.url)),
    forge: await startFaultProxy(t, portOf(forge.url)),
    web: await startFaultProxy(t, 0),
  }
  const secrets = {
    webhookSecret: canary('webhook'),
    token: forge.token,
    redisPassword: new URL(redis.url).password,
    kubeToken: canary('kube-token'),
    deployed: canary('deployed'),
  }
  const gitUrl = `http://127.0.0.1:${links.git.port}`
  const applications = await makeApplications({ root, gitUrl, namespace, ...options })
  const instances: Instance[] = []
  const answers: Delivered[] = []
  const config = {
    server: { listen: '127.0.0.1:0', publicUrl: 'https://landfall.example.com' },
    redis: { url: { env: 'RIG_REDIS_URL' } },
    forges: {
      github: {
        type: 'github',
        url: gitUrl,
        apiUrl: `http://127.0.0.1:${links.forge.port}`,
        webhookSecret: { env: 'RIG_WEBHOOK_SECRET' },
        token: { env: 'RIG_TOKEN' },
      },
    },
    defaults: { forge: 'github', branch: 'main', cluster: 'test', namespace, sync: { every } },
    applications: Object.fromEntries(
      applications.map(({ name, repo }) => [name, { repo, path: 'app' }]),
    ),
    security: { allowInsecureHttp: true },
  }
  const make = (name: ProcessName) =>
    createRigProcess(t, name, {
      dir,
      redisUrl: redis.url,
      hasClock: clocks,
      diskBytes: name === 'receiver' ? undefined : diskBytes,
      env:
        name === 'receiver'
          ? { RIG_WEBHOOK_SECRET: secrets.webhookSecret }
          : { RIG_TOKEN: secrets.token },
      async configure({ dataDir, kubeUrl }) {
        const kubeconfig = join(dir, `${name}.kubeconfig`)
        await writeFile(kubeconfig, stringify(kubeconfigFor(kubeUrl, secrets.kubeToken)))
        const file = join(dir, `${name}.yaml`)
        const own = { ...config, dataDir, clusters: { test: { kubeconfig } } }
        await writeFile(file, stringify(own))
        return file
      },
      onStart(instance) {
        instances.push(instance)
        if (name === 'receiver') links.web.lead(portOf(instance.url))
      },
    })
  const [receiver, a, b] = [await make('receiver'), await make('a'), await make('b')]
  t.teardown(async () => {
    const maps = applications.map(({ name }) => `configmap/landfall-${name}`)
    await plane.kubectl(['delete', ...maps, '--namespace=landfall-system', '--ignore-not-found'])
  })

  const commit: FaultRig['commit'] = async (application) => {
    application.generation += 1
    const files = filesOf(application, {
      objects,
      kustomized,
      secret: secrets.deployed,
    })
    // A person may write a token into a commit message: it must not go on from there.
    const message = `generation ${application.generation}, by ${secrets.token}`
    application.tip = await application.repository.commit(files, { message })
    return application.tip
  }
  const deliver: FaultRig['deliver'] = async ({ repo, tip }, delivery = randomUUID()) => {
    const body = JSON.stringify(githubPush({ repo, after: tip }))
    const answer = await fetch(`http://127.0.0.1:${links.web.port}/webhooks/github`, {
      method: 'POST',
      body,
      headers: { ...githubHeaders(body, secrets.webhookSecret), 'x-github-delivery': delivery },
    })
    const delivered = { status: answer.status, body: await answer.text() }
    answers.push(delivered)
    return delivered
  }
  const rig: FaultRig = {
    namespace,
    objects,
    random,
    applications,
    receiver,
    a,
    b,
    redis,
    git,
    forge,
    links,
    api: await apiReader(plane.kubeconfig),
    generations: followGenerations(objects),
    secrets,
    instances,
    answers,
    commandLines: commands.seen,
    commit,
    deliver,
    async push(application) {
      const sha = await commit(application)
      await until('the push is taken', async () => (await deliver(application)).status === 202)
      return sha
    },
  }
  await watchGenerations(t, rig)
  for (const application of applications) await commit(application)
  await Promise.all([receiver.start(), a.start(), b.start()])
  return rig
}

interface ApplicationsOptions {
  readonly root: string
  readonly gitUrl: string
  readonly namespace: string
  readonly applications?: number
}

async function makeApplications(options: ApplicationsOptions): Promise<RigApplication[]> {
  const { root, gitUrl, namespace, applications: count = 3 } = options
  const folder = join(root, 'acme')
  await mkdir(folder, { recursive: true })
  return Promise.all(
    Array.from({ length: count }, async (_, at) => ({
      name: `${namespace}-${at}`,
      repository: await createTestRepository(folder, { name: `app-${at}` }),
      repo: `${gitUrl}/acme/app-${at}.git`,
      generation: 0,
      tip: '',
    })),
  )
}

function portOf(url: string): number {
  return Number(new URL(url).port)
}

interface WatchEvent {
  readonly type: string
  readonly object: {
    readonly metadata: { readonly name: string }
    readonly data?: { readonly generation?: string }
  }
}

async function watchGenerations(t: Test, { api, namespace, generations }: FaultRig): Promise<void> {
  const ended = new AbortController()
  t.teardown(() => ended.abort())
  const see = (event: unknown) => {
    const { type, object } = event as WatchEvent // -- what the API server's watch is documented to send
    const generation = object.data?.generation
    if (generation === undefined) return
    const { name } = object.metadata
    const application = name.slice(0, name.lastIndexOf('-'))
    const isDeleted = type === 'DELETED'
    generations.see({ application, name, generation: Number(generation), isDeleted })
  }
  // It ends with the test.
  void api.watch(`/api/v1/namespaces/${namespace}/configmaps?watch=1`, see, ended.signal)
}
