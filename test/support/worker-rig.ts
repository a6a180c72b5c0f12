import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import type { Test } from 'tap'
import type { Application, SyncPolicy, Trigger } from '../../src/domain/application.ts'
import { systemClock } from '../../src/domain/clock.ts'
import type { CommitStatus } from '../../src/domain/commit-status.ts'
import { createRecordStore, type RecordStore } from '../../src/queue/record-store.ts'
import { createCurrent } from '../../workers/current.ts'
import { createWorkerMetrics } from '../../workers/metrics.ts'
import { startWorker, type WorkerDeps } from '../../workers/start-worker.ts'
import type { WorkerSetup } from '../../workers/worker-setup.ts'
import { anApplication } from './an-application.ts'
import { type QueueRig, queueRig } from './queue-rig.ts'
import { type ScriptedSync, scriptedSync } from './scripted-sync.ts'

interface WorkerRigOptions extends Partial<Omit<WorkerDeps, 'setup'>>, Partial<WorkerSetup> {
  readonly prefix?: string
  /** Whether the start has no sweep to do. */
  readonly swept?: boolean
}

export interface WorkerRig extends QueueRig, ScriptedSync {
  readonly prefix: string
  readonly store: RecordStore
  readonly registry: Registry
  /** What the forge was told, in order. */
  readonly posted: readonly CommitStatus[]
  readonly logLines: readonly string[]
  /** Records a want and adds its job, as the intake does. */
  want(application: string, trigger: Trigger, expectedSha?: string): Promise<void>
  /** Puts another configuration in force. */
  configure(changes: Partial<WorkerSetup>): void
  wake(applications: readonly string[]): Promise<void>
  close(): Promise<void>
}

/** A whole worker on a real Redis; its syncs begin and end as the test says. */
export async function workerRig(
  t: Pick<Test, 'teardown'>,
  url: string,
  options: WorkerRigOptions = {},
): Promise<WorkerRig> {
  const { prefix = `test-${randomUUID()}`, swept = true, ...overrides } = options
  const parts = queueRig(t, url, prefix)
  const applications = overrides.applications ?? applicationsNamed('web', 'api')
  if (swept) {
    for (const name of applications.keys()) {
      await parts.redis.hset(parts.keys.application(name), 'sweptAt', Date.now())
    }
  }
  const script = scriptedSync()
  const registry = new Registry()
  const posted: CommitStatus[] = []
  const logLines: string[] = []
  const setup = createCurrent<WorkerSetup>({
    applications,
    forges: new Map([
      ['github', { postStatus: async (_repo, status) => void posted.push(status) }],
    ]),
    canReport: () => true,
    publicUrl: 'https://landfall.example.com',
    sync: script.sync,
    keepPause: async () => {},
    tipOf: async () => ({ sha: 'f'.repeat(40), touched: true }),
    history: async () => [],
    clusterOf: (name) => {
      throw new Error(`cluster ${name} is not there`)
    },
    witnesses: new Set(),
    ...overrides,
  })
  const worker = startWorker({
    redisUrl: url,
    keys: parts.keys,
    setup,
    isRedisUp: async () => true,
    onDead: () => {},
    metrics: createWorkerMetrics(registry),
    redact: (text) => text,
    clock: systemClock,
    logger: pino({ level: 'debug' }, { write: (line: string) => void logLines.push(line) }),
    ...overrides,
    options: { graceMs: 0, ...overrides.options },
  })
  let closing: Promise<void> | undefined
  const close = () => (closing ??= worker.close())
  t.teardown(close)
  return {
    ...parts,
    ...script,
    prefix,
    store: createRecordStore(parts.redis, parts.keys),
    registry,
    posted,
    configure: (changes) => setup.replace({ ...setup.now(), ...changes }),
    wake: (applications) => worker.wake(applications),
    logLines,
    async want(application, trigger, expectedSha) {
      const want = { trigger, at: Date.now(), ...(expectedSha !== undefined && { expectedSha }) }
      await parts.records.want(application, want)
      await parts.queue.enqueue(application)
    },
    close,
  }
}

/** Nothing is wanted, under way or to be retried. */
export async function isIdle({ records, queue }: WorkerRig, name = 'web'): Promise<boolean> {
  const [record] = await records.read([name])
  const { waiting, active } = await queue.counts()
  return record?.dirty === false && !record.running && waiting === 0 && active === 0
}

const daily: SyncPolicy = {
  everyMs: 86_400_000,
  timeoutMs: 300_000,
  failAfter: {},
  prune: true,
  drift: 'heal',
  requireFastForward: false,
}

/** Applications that a sweep comes to once, at the start. */
export function applicationsNamed(...names: string[]): Map<string, Application> {
  return new Map(names.map((name) => [name, anApplication({ name, sync: daily })]))
}
