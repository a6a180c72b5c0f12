import { randomBytes } from 'node:crypto'
import type { Logger } from 'pino'
import { Registry } from 'prom-client'
import type { RunningInstance, StartOptions } from '../src/cli/context.ts'
import { readVersion } from '../src/cli/version.ts'
import type { Cluster } from '../src/cluster/cluster.ts'
import { createCluster } from '../src/cluster/create-cluster.ts'
import type { Application } from '../src/domain/application.ts'
import { systemClock } from '../src/domain/clock.ts'
import { secretsOf } from '../src/domain/config-secrets.ts'
import { StageError } from '../src/domain/error.ts'
import { createRedactor, type Redact } from '../src/domain/redact.ts'
import { createSecret } from '../src/domain/secret.ts'
import type { Config } from '../src/domain/settings.ts'
import { defaultHealthThresholds } from '../src/engine/health/thresholds.ts'
import { isTouched } from '../src/engine/is-touched.ts'
import { createMask } from '../src/engine/mask-secret.ts'
import { createSync } from '../src/engine/sync.ts'
import { systemTimers } from '../src/engine/timers.ts'
import { createPoster } from '../src/forge/create-forge.ts'
import type { Forge } from '../src/forge/forge.ts'
import { createHashKey } from '../src/queue/hash-key.ts'
import { createKeys } from '../src/queue/keys.ts'
import { createRenderer } from '../src/render/create-renderer.ts'
import { createSource } from '../src/source/create-source.ts'
import { createLogger } from './logger.ts'
import { createWorkerMetrics } from './metrics.ts'
import { openRedis, type RedisGate } from './redis-gate.ts'
import { startProbes } from './start-probes.ts'
import { startReceiver } from './start-receiver.ts'
import { startWorker } from './start-worker.ts'

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
  readonly logger: Logger
  readonly end: (reason: string) => void
}

/** Runs Landfall, or one role of it. Throws CONFIG_INVALID and QUEUE_POLICY. */
export async function startInstance(
  config: Config,
  options: StartOptions,
): Promise<RunningInstance> {
  const { promise: ended, resolve: end } = Promise.withResolvers<string>()
  const redact = createRedactor([...secretsOf(config), ...redisSecret(options.redisUrl)])
  const logger = createLogger({
    level: options.log === 'silent' ? 'silent' : 'info',
    redact,
    destination: process.stdout,
  })
  const gate = await openRedis({
    url: options.redisUrl,
    logger,
    onRefused: ({ text }) => end(text),
  })
  const parts = {
    config,
    options,
    gate,
    registry: new Registry(),
    redact,
    logger,
    end,
  }
  const closers: (() => Promise<void>)[] = [async () => gate.close()]
  const close = async () => {
    for (const step of closers.splice(0).toReversed()) await step()
  }
  try {
    if (options.role !== 'receiver') closers.push(runWorker(parts))
    const url = await listen(parts, closers)
    logger.info({ url, role: options.role ?? 'all' }, 'landfall runs')
    return { url, ended, close: () => withDeadline(close(), logger) }
  } catch (error) {
    await close()
    throw error
  }
}

async function listen(parts: Parts, closers: (() => Promise<void>)[]): Promise<string> {
  const { config, options } = parts
  const server =
    options.role === 'worker'
      ? await startProbes({ ...parts, settings: config.server })
      : await startReceiver({ ...parts, keys: createKeys(), clock: systemClock })
  closers.push(() => server.close())
  return server.url
}

function runWorker({ config, options, gate, registry, ...rest }: Parts) {
  const { redact, logger, end } = rest
  const { dataDir, security, applications } = config
  const metrics = createWorkerMetrics(registry)
  const clusters = createClusters(config, (verb, code) => metrics.requested(verb, code))
  const clusterOf = (name: string) => found(clusters, name)
  const source = createSource({ dataDir, security, clock: systemClock })
  const worker = startWorker({
    redisUrl: options.redisUrl,
    keys: createKeys(),
    applications,
    forges: createPosters(config),
    canReport: (forge) => config.forges.get(forge)?.token !== undefined,
    publicUrl: config.server.publicUrl,
    sync: createSync({
      source,
      renderer: createRenderer({ tools: options.tools, dataDir, clock: systemClock }),
      ownNamespace,
      hashKey: createHashKey(gate.redis, createKeys()),
      clusterOf,
      clock: systemClock,
      timers: systemTimers,
      thresholds: defaultHealthThresholds,
      mask: createMask(randomBytes(32)),
      redact,
    }),
    async keepPause({ name, cluster }, paused) {
      const { inventory } = clusterOf(cluster)
      const known = await inventory.read(name)
      if (known.paused?.at !== paused.at) await inventory.write(name, { ...known, paused })
    },
    async tipOf(application, signal) {
      const inventory = await clusterOf(application.cluster).inventory.read(application.name)
      const tip = await source.fetchTip(application, signal)
      const touched = await isTouched(source, application, inventory, tip)
      return { sha: tip.sha, touched }
    },
    async history(name) {
      const { cluster }: Application = found(applications, name)
      return (await clusterOf(cluster).inventory.read(name)).history
    },
    isRedisUp: () => gate.isUp(),
    onDead: end,
    metrics,
    redact,
    clock: systemClock,
    logger,
  })
  return async () => {
    await worker.close()
    await Promise.all(Array.from(clusters.values(), (cluster) => cluster.close()))
  }
}

function createPosters({ forges }: Config): ReadonlyMap<string, Pick<Forge, 'postStatus'>> {
  const deps = { fetch, clock: systemClock }
  return new Map(Array.from(forges, ([key, settings]) => [key, createPoster(settings, deps)]))
}

function createClusters(
  { clusters }: Config,
  requested: (verb: string, code: number | string) => void,
): ReadonlyMap<string, Cluster> {
  const version = readVersion()
  const onRequest = ({ verb, code }: { verb: string; code: number | string }) =>
    requested(verb, code)
  return new Map(
    Array.from(clusters.values(), (settings) => [
      settings.name,
      createCluster(settings, { version, inventoryNamespace: ownNamespace, onRequest }),
    ]),
  )
}

function found<T>(known: ReadonlyMap<string, T>, name: string): T {
  const value = known.get(name)
  if (value === undefined) throw new StageError('CONFIG_INVALID', `${name} is not configured`)
  return value
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
