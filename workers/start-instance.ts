import type { Logger } from 'pino'
import { Registry } from 'prom-client'
import type { RunningInstance, StartOptions } from '../src/cli/context.ts'
import { readVersion } from '../src/cli/version.ts'
import { createCluster } from '../src/cluster/create-cluster.ts'
import { systemClock } from '../src/domain/clock.ts'
import { secretsOf } from '../src/domain/config-secrets.ts'
import { createLearningRedactor, type LearningRedactor, type Redact } from '../src/domain/redact.ts'
import { createSecret } from '../src/domain/secret.ts'
import type { Config } from '../src/domain/settings.ts'
import { createAppTokens } from '../src/forge/app-tokens.ts'
import { createForgeBudget } from '../src/queue/forge-budget.ts'
import { createHashKey } from '../src/queue/hash-key.ts'
import { createKeys } from '../src/queue/keys.ts'
import { createRenderer } from '../src/render/create-renderer.ts'
import { createClusterPool } from './cluster-pool.ts'
import { createCurrent } from './current.ts'
import { isolateRenderers } from './isolate-renderers.ts'
import { logDestination } from './log-destination.ts'
import { createLogger } from './logger.ts'
import { createWorkerMetrics } from './metrics.ts'
import { createReceiverSetup } from './receiver-setup.ts'
import { openRedis, type RedisGate } from './redis-gate.ts'
import { createReload, type ReloadPart } from './reload.ts'
import { startProbes } from './start-probes.ts'
import { startReceiver } from './start-receiver.ts'
import { startWorker } from './start-worker.ts'
import { createWorkerSetups } from './worker-setup.ts'

const ownNamespace = 'landfall-system'
/** A close that takes longer leaves the rest to the end of the process. */
const closeMs = 25_000

/** What every role needs. */
interface Parts {
  readonly config: Config
  readonly options: StartOptions
  readonly gate: RedisGate
  readonly registry: Registry
  readonly redact: Redact
  readonly learnFleeting: LearningRedactor['learnFleeting']
  readonly logger: Logger
  readonly end: (reason: string) => void
}

/** A role that runs: how it takes another configuration, and how it ends. */
interface RunningRole extends ReloadPart {
  close(): Promise<void>
}

interface RunningWorkerRole extends RunningRole {
  wake(applications: readonly string[]): Promise<void>
}

/** Runs Landfall, or one role of it. Throws CONFIG_INVALID and QUEUE_POLICY. */
export async function startInstance(
  config: Config,
  options: StartOptions,
): Promise<RunningInstance> {
  const { promise: ended, resolve: end } = Promise.withResolvers<string>()
  const { redact, learn, learnFleeting } = createLearningRedactor()
  learn([...secretsOf(config), ...redisSecret(options.redisUrl)])
  const logger = createLogger({
    level: options.log === 'silent' ? 'silent' : 'info',
    redact,
    destination: logDestination(),
  })
  const gate = await openRedis({
    url: options.redisUrl,
    logger,
    onRefused: ({ text }) => end(text),
  })
  const registry = new Registry()
  const parts = { config, options, gate, registry, redact, learnFleeting, logger, end }
  const closers: (() => Promise<void>)[] = [async () => gate.close()]
  const close = async () => {
    for (const step of closers.splice(0).toReversed()) await step()
  }
  try {
    const worker = options.role === 'receiver' ? undefined : await runWorker(parts)
    if (worker !== undefined) closers.push(worker.close)
    const server = options.role === 'worker' ? await runProbes(parts) : await runReceiver(parts)
    closers.push(server.close)
    const reload = createReload({
      running: config,
      parts: [redactorPart(learn), server, ...(worker === undefined ? [] : [worker])],
      wake: async (applications) => worker?.wake(applications),
      registry,
      logger,
    })
    logger.info({ url: server.url, role: options.role ?? 'all' }, 'landfall runs')
    return { url: server.url, ended, reload, close: () => withDeadline(close(), logger) }
  } catch (error) {
    await close()
    throw error
  }
}

async function runReceiver({ config, ...rest }: Parts): Promise<RunningRole & { url: string }> {
  const { server, dataDir } = config
  const setup = createCurrent(createReceiverSetup(config, systemClock))
  const keys = createKeys()
  const { url, close } = await startReceiver({
    ...rest,
    server,
    dataDir,
    setup,
    keys,
    clock: systemClock,
  })
  return {
    url,
    close,
    async prepare(changed) {
      const next = createReceiverSetup(changed, systemClock)
      return () => setup.replace(next)
    },
  }
}

/** Probes and metrics are the same whatever is configured. */
async function runProbes({ config, ...rest }: Parts): Promise<RunningRole & { url: string }> {
  const { url, close } = await startProbes({ ...rest, settings: config.server })
  return { url, close, prepare: async () => () => {} }
}

async function runWorker(parts: Parts): Promise<RunningWorkerRole> {
  const { config, options, gate, registry, redact, logger } = parts
  const metrics = createWorkerMetrics(registry)
  const keys = createKeys()
  const version = readVersion()
  const setupOf = createWorkerSetups({
    ownNamespace,
    renderer: createRenderer({
      tools: options.tools,
      dataDir: config.dataDir,
      clock: systemClock,
      isolation: await isolateRenderers(config.dataDir, logger),
    }),
    hashKey: createHashKey(gate.redis, keys),
    redact,
    clusters: createClusterPool((settings) =>
      createCluster(settings, {
        version,
        inventoryNamespace: ownNamespace,
        onRequest: ({ verb, code }) => metrics.requested(verb, code),
      }),
    ),
    budget: createForgeBudget(gate.redis, keys),
    logger,
    appTokens: createAppTokens({ fetch, clock: systemClock, onToken: parts.learnFleeting }),
    clock: systemClock,
  })
  const setup = createCurrent(await setupOf(config), ({ release }) => release())
  const worker = startWorker({
    redisUrl: options.redisUrl,
    keys,
    setup,
    isRedisUp: () => gate.isUp(),
    onDead: parts.end,
    metrics,
    redact,
    clock: systemClock,
    logger,
  })
  return {
    wake: (applications) => worker.wake(applications),
    async prepare(changed) {
      const next = await setupOf(changed)
      return () => setup.replace(next)
    },
    async close() {
      await worker.close()
      await setup.close()
    },
  }
}

// Before anything is in force that could tell one of the new secrets.
function redactorPart(learn: (secrets: ReturnType<typeof secretsOf>) => void): ReloadPart {
  return {
    async prepare(config) {
      learn(secretsOf(config))
      return () => {}
    },
  }
}

function redisSecret(url: string) {
  const password = URL.canParse(url) ? decodeURIComponent(new URL(url).password) : ''
  return password === '' ? [] : [createSecret(password)]
}

async function withDeadline(closing: Promise<void>, logger: Logger): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(() => {
    logger.warn('not everything could be closed in time')
    resolve()
  }, closeMs)
  try {
    await Promise.race([closing, late])
  } finally {
    clearTimeout(timer)
  }
}
