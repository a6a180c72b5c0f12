import { randomBytes } from 'node:crypto'
import type { Test } from 'tap'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { createCluster } from '../../src/cluster/create-cluster.ts'
import type { Application } from '../../src/domain/application.ts'
import { systemClock } from '../../src/domain/clock.ts'
import type { SyncOutcome, SyncProgress, SyncRequest } from '../../src/domain/sync-request.ts'
import { defaultHealthThresholds } from '../../src/engine/health/thresholds.ts'
import { createMask } from '../../src/engine/mask-secret.ts'
import { createSync } from '../../src/engine/sync.ts'
import { systemTimers } from '../../src/engine/timers.ts'
import { createRenderer } from '../../src/render/create-renderer.ts'
import { createSource } from '../../src/source/create-source.ts'
import { anApplication } from './an-application.ts'
import { controlPlane, testNamespace } from './control-plane.ts'
import { createTestRepository, type TestRepository } from './git-repository.ts'
import { rendererTools } from './tools.ts'

/** An application that is synced on demand. */
export interface BenchApplication {
  readonly application: Application
  sync(trigger: SyncRequest['trigger'], request?: Partial<SyncRequest>): Promise<SyncOutcome>
}

/** One application with real git, real renderers and a real cluster. */
export interface SyncBench extends BenchApplication {
  readonly cluster: Cluster
  readonly namespace: string
  readonly repository: TestRepository
  /** What the sync told of its progress, oldest first. */
  readonly progress: readonly SyncProgress[]
  /** Another one of the same configuration, repository and namespace; its folder has that name. */
  beside(folder: string, overrides?: Partial<Application>): BenchApplication
  /** kubectl in the application's namespace. */
  kubectl(...args: string[]): Promise<string>
  /** Forgets what the process remembered, as a restart does. */
  restart(): void
  /** Lets so much time go by for the syncs to come. */
  pass(ms: number): void
}

export async function syncBench(t: Test, overrides: Partial<Application> = {}): Promise<SyncBench> {
  const plane = await controlPlane()
  const namespace = await testNamespace(t)
  const dir = t.testdir({})
  const repository = await createTestRepository(dir)
  const application = anApplication({
    name: namespace,
    repo: repository.url,
    namespace,
    path: 'app',
    allow: { namespaces: [namespace], clusterKinds: [], denyKinds: [] },
    ...overrides,
    sync: { ...anApplication().sync, timeoutMs: 30_000, ...overrides.sync },
  })
  const cluster = createCluster(
    { name: 'prod', kind: 'kubeconfig', file: plane.kubeconfig, context: undefined },
    { version: '0.0.0' },
  )
  const applications = [application]
  t.teardown(async () => {
    const inventories = applications.map(({ name }) => `configmap/landfall-${name}`)
    const where = ['--namespace=landfall-system', '--ignore-not-found']
    await plane.kubectl(['delete', ...inventories, ...where])
    await cluster.close()
  })
  const dataDir = t.testdirName
  const tools = await rendererTools()
  const hashKey = randomBytes(32)
  let passedMs = 0
  const build = () =>
    createSync({
      clusterOf: () => cluster,
      applications,
      startClock: () => ({ now: () => systemClock.now() + passedMs }),
      mask: createMask(randomBytes(32)),
      redact: (text) => text,
      timers: systemTimers,
      thresholds: defaultHealthThresholds,
      ownNamespace: 'landfall-system',
      hashKey: async () => hashKey,
      source: createSource({
        dataDir,
        clock: systemClock,
        security: {
          allowInsecureHttp: true,
          allowLocalRepos: true,
          requireServiceAccount: false,
        },
      }),
      renderer: createRenderer({ tools, dataDir, clock: systemClock }),
    })
  let run = build()
  const progress: SyncProgress[] = []
  const syncOf =
    (application: Application): BenchApplication['sync'] =>
    async (trigger, request) => {
      const end = await run(application, {
        id: randomBytes(16).toString('hex'),
        trigger,
        fetch: trigger !== 'drift',
        failedRevision: undefined,
        heldBack: undefined,
        isResumed: false,
        attempts: 0,
        expectedSha: undefined,
        suspects: undefined,
        watched: undefined,
        signal: new AbortController().signal,
        beforeRequest: () => {},
        wantedAgain: () => new AbortController().signal,
        drifted: async () => undefined,
        told: async () => undefined,
        onProgress: async (told) => {
          progress.push(told)
        },
        ...request,
      })
      if ('paused' in end) throw new Error(`paused by ${end.paused.by}`)
      return end
    }
  return {
    application,
    cluster,
    namespace,
    repository,
    progress,
    sync: syncOf(application),
    beside: (folder, overrides = {}) => {
      const name = `${namespace}-${folder}`
      const other = { ...application, name, path: folder, ...overrides }
      applications.push(other)
      return { application: other, sync: syncOf(other) }
    },
    kubectl: async (...args) => (await plane.kubectl(['-n', namespace, ...args])).trim(),
    restart: () => {
      run = build()
    },
    pass: (ms) => {
      passedMs += ms
    },
  }
}
