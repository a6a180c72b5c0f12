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

/** One application with real git, real renderers and a real cluster, synced on demand. */
export interface SyncBench {
  readonly application: Application
  readonly cluster: Cluster
  readonly namespace: string
  readonly repository: TestRepository
  /** What the sync told of its progress, oldest first. */
  readonly progress: readonly SyncProgress[]
  sync(trigger: SyncRequest['trigger'], request?: Partial<SyncRequest>): Promise<SyncOutcome>
  /** kubectl in the application's namespace. */
  kubectl(...args: string[]): Promise<string>
  /** Forgets what the process remembered, as a restart does. */
  restart(): void
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
  t.teardown(async () => {
    const inventory = ['configmap', `landfall-${namespace}`, '--namespace=landfall-system']
    await plane.kubectl(['delete', ...inventory, '--ignore-not-found'])
    await cluster.close()
  })
  const dataDir = t.testdirName
  const tools = await rendererTools()
  const hashKey = randomBytes(32)
  const build = () =>
    createSync({
      clusterOf: () => cluster,
      startClock: () => systemClock,
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
  return {
    application,
    cluster,
    namespace,
    repository,
    progress,
    sync: async (trigger, request) => {
      const end = await run(application, {
        id: randomBytes(16).toString('hex'),
        trigger,
        fetch: trigger !== 'drift',
        failedRevision: undefined,
        isResumed: false,
        attempts: 0,
        expectedSha: undefined,
        suspects: undefined,
        watched: undefined,
        signal: new AbortController().signal,
        beforeRequest: () => {},
        wantedAgain: () => new AbortController().signal,
        onProgress: async (told) => {
          progress.push(told)
        },
        ...request,
      })
      if ('paused' in end) throw new Error(`paused by ${end.paused.by}`)
      return end
    },
    kubectl: async (...args) => (await plane.kubectl(['-n', namespace, ...args])).trim(),
    restart: () => {
      run = build()
    },
  }
}
