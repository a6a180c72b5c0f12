import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { stringify } from 'yaml'
import { loadConfig } from '../../config/load-config.ts'
import { formatProblem } from '../../config/problem.ts'
import { StageError } from '../../domain/error.ts'
import type { Config } from '../../domain/settings.ts'
import { startControlPlane } from '../control-plane.ts'
import { startRedis } from '../embedded-redis.ts'
import { freePort } from '../free-port.ts'
import { packageRoot } from '../package-root.ts'
import { findControlPlaneTools, requireRedis } from '../stack-tools.ts'
import { readToolPins } from '../tool-pins.ts'
import { type DemoForge, startDemoForge } from './demo-forge.ts'
import { createDemoRepository, type DemoRepository } from './demo-repository.ts'
import { createLook } from './look-at.ts'

/** Everything the demo runs, all of it real but the forge. */
export interface Demo {
  readonly repository: DemoRepository
  readonly forge: DemoForge
  readonly kubeconfig: string
  readonly kubectl: string
  readonly webhookUrl: string
  readonly socket: string
  /** Reads an object by its API path; undefined: it is not there. */
  look(path: string): Promise<unknown>
  /** Delivers a webhook for whatever is pushed, until the signal aborts. */
  announcePushes(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

interface DemoOptions {
  /** A folder of its own. */
  readonly dir: string
  readonly env: NodeJS.ProcessEnv
  readonly say: (line: string) => void
  /** Has the API server tell who changes what. */
  readonly installWitness: (config: Config) => Promise<void>
  readonly startInstance: (config: Config, redisUrl: string) => Promise<{ close(): Promise<void> }>
  readonly signal: AbortSignal
}

/** How often the demo sweeps for drift; an installation's default is 3 minutes. */
export const demoSweep = '2s'
/** How soon a touched pod is replaced; an installation's default is 15 minutes. */
export const demoReplaceAfter = '2s'
const path = 'apps/task-agent'
const pollMs = 250

export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { dir, env, say, signal } = options
  const closers: (() => Promise<void>)[] = []
  const close = async (): Promise<void> => {
    for (const end of closers.splice(0).toReversed()) await end()
  }
  try {
    const pins = await readToolPins()
    const own = { throwaway: true, lifetime: 'parent', signal } as const
    say('starting a Kubernetes control plane (etcd, apiserver, controllers, one simulated node) …')
    const tools = await findControlPlaneTools(env)
    const plane = await startControlPlane({ dataDir: dir, tools, audit: false, ...own })
    closers.push(() => plane.stop())
    const program = await requireRedis(pins, env)
    const redis = await startRedis({ dataDir: dir, program, ...own })
    closers.push(() => redis.stop())
    const searchPath = env['PATH'] ?? '/usr/bin:/bin'
    const repository = await createDemoRepository({
      dir,
      manifests: join(packageRoot(), 'examples/task-agent/plain'),
      path,
      searchPath,
    })
    const secret = randomBytes(24).toString('hex')
    const forge = await startDemoForge({ repository, searchPath, secret })
    closers.push(() => forge.close())
    const port = await freePort()
    const config = await demoConfig({
      dir,
      forge,
      port,
      witnessPort: await freePort(),
      kubeconfig: plane.kubeconfig,
    })
    await options.installWitness(config)
    say('starting Landfall (receiver, worker, watcher, witness) …')
    const instance = await options.startInstance(config, redis.url)
    closers.push(() => instance.close())
    const webhookUrl = `http://127.0.0.1:${port}/webhooks/demo`
    return {
      repository,
      forge,
      kubeconfig: plane.kubeconfig,
      kubectl: plane.kubectl,
      webhookUrl,
      socket: join(config.dataDir, 'landfall.sock'),
      look: await createLook(plane.kubeconfig),
      announcePushes: (until) => announcePushes(repository, forge, webhookUrl, until),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function demoConfig(options: {
  readonly dir: string
  readonly forge: DemoForge
  readonly port: number
  readonly witnessPort: number
  readonly kubeconfig: string
}): Promise<Config> {
  const { dir, forge, port, witnessPort, kubeconfig } = options
  const file = join(dir, 'landfall.yaml')
  await mkdir(join(dir, 'data'), { recursive: true })
  await writeFile(
    file,
    stringify({
      server: { listen: `127.0.0.1:${port}`, publicUrl: `http://127.0.0.1:${port}` },
      dataDir: './data',
      forges: {
        demo: {
          type: 'github',
          url: forge.url,
          webhookSecret: { env: 'DEMO_WEBHOOK_SECRET' },
          token: { env: 'DEMO_TOKEN' },
        },
      },
      clusters: {
        demo: {
          kubeconfig,
          witness: {
            listen: `127.0.0.1:${witnessPort}`,
            url: `https://127.0.0.1:${witnessPort}`,
          },
        },
      },
      applications: {
        'task-agent': {
          forge: 'demo',
          repo: forge.repoUrl,
          branch: 'main',
          path,
          cluster: 'demo',
          namespace: 'default',
          sync: { every: demoSweep },
          touchedPods: 'replace',
          replaceAfter: demoReplaceAfter,
        },
      },
      security: { allowInsecureHttp: true },
    }),
  )
  const env = { DEMO_WEBHOOK_SECRET: forge.secret, DEMO_TOKEN: randomBytes(16).toString('hex') }
  const loaded = await loadConfig({ file, cwd: dir, env })
  if (loaded.kind === 'ok') return loaded.config
  throw new StageError('CONFIG_INVALID', loaded.problems.map(formatProblem).join('; '))
}

async function announcePushes(
  repository: DemoRepository,
  forge: DemoForge,
  webhookUrl: string,
  signal: AbortSignal,
): Promise<void> {
  let before = await repository.published()
  while (!signal.aborted) {
    await delay(pollMs, undefined, { signal }).catch(() => undefined)
    const after = await repository.published()
    if (after !== before) await forge.announce(webhookUrl, { before, after })
    before = after
  }
}
