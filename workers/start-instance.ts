import type { Logger } from 'pino'
import { Registry } from 'prom-client'
import type { RunningInstance, StartOptions } from '../src/cli/context.ts'
import { secretsOf } from '../src/domain/config-secrets.ts'
import { createLearningRedactor } from '../src/domain/redact.ts'
import { does } from '../src/domain/role.ts'
import { createSecret } from '../src/domain/secret.ts'
import type { Config } from '../src/domain/settings.ts'
import { logDestination } from './log-destination.ts'
import { createLogger } from './logger.ts'
import { openRedis } from './redis-gate.ts'
import { createReload, type ReloadPart } from './reload.ts'
import type { Parts, RunningRole, ServingRole } from './running-role.ts'
import type { RunningWorkerRole } from './worker-role.ts'

/** A close that takes longer leaves the rest to the end of the process. */
const closeMs = 25_000

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
  const parts = { config, options, gate, registry, redact, learn, learnFleeting, logger, end }
  const closers: (() => Promise<void>)[] = [async () => gate.close()]
  const close = async () => {
    for (const step of closers.splice(0).toReversed()) await step()
  }
  try {
    const { worker, watcher, witness } = await startClusterRoles(parts)
    for (const role of [worker, watcher, witness]) if (role !== undefined) closers.push(role.close)
    const server = await startServingRole(parts)
    closers.push(server.close)
    const reload = createReload({
      running: config,
      parts: [redactorPart(learn), server, worker, watcher, witness].filter(
        (part) => part !== undefined,
      ),
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

interface ClusterRoles {
  readonly worker?: RunningWorkerRole | undefined
  readonly watcher?: RunningRole | undefined
  readonly witness?: RunningRole | undefined
}

// Each role is loaded where it runs: a receiver has no use for the engine, nor memory for it.
async function startClusterRoles(parts: Parts): Promise<ClusterRoles> {
  const { options, registry } = parts
  if (options.role === 'receiver') return {}
  const clusters = (await import('./open-clusters.ts')).openClusters(registry)
  const worker = does(options.role, 'worker')
    ? await (await import('./worker-role.ts')).runWorker(parts, clusters)
    : undefined
  const watcher = does(options.role, 'watcher')
    ? await (await import('./watcher-role.ts')).runWatcher(parts, clusters)
    : undefined
  const witness = does(options.role, 'witness')
    ? await (await import('./witness-role.ts')).runWitness(parts, clusters)
    : undefined
  return { worker, watcher, witness }
}

async function startServingRole(parts: Parts): Promise<ServingRole> {
  if (!does(parts.options.role, 'receiver')) {
    return (await import('./probes-role.ts')).runProbes(parts)
  }
  return (await import('./receiver-role.ts')).runReceiver(parts)
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
