import { join } from 'node:path'
import type { Test } from 'tap'
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts'
import { type Exit, type Instance, startInstance } from './instance.ts'
import { type KubeProxy, startKubeProxy } from './kube-proxy.ts'

export type ProcessName = 'receiver' | 'a' | 'b'

/** A `landfall start --role …` of the rig, and the links that are its alone. */
export interface RigProcess {
  readonly name: ProcessName
  readonly dataDir: string
  /** The one that runs, or ran last. */
  readonly instance: Instance
  readonly redis: FaultProxy
  /** Of Redis, over that link. */
  readonly redisUrl: string
  /** HTTP between the process and the API server; its TCP link leads there. */
  readonly kube: KubeProxy
  readonly kubeLink: FaultProxy
  /** Starts it, again. */
  start(): Promise<Instance>
  kill(signal: NodeJS.Signals): Promise<Exit>
}

interface ProcessOptions {
  readonly dir: string
  readonly redisUrl: string
  readonly env: Readonly<Record<string, string>>
  /** Writes its configuration and gives the file. */
  configure(process: { dataDir: string; kubeUrl: string; name: ProcessName }): Promise<string>
  onStart(instance: Instance): void
}

/** Not started yet. */
export async function createRigProcess(
  t: Test,
  name: ProcessName,
  options: ProcessOptions,
): Promise<RigProcess> {
  const redisUrl = new URL(options.redisUrl)
  const redis = await startFaultProxy(t, Number(redisUrl.port))
  redisUrl.port = String(redis.port)
  const kube = await startKubeProxy(t, `worker-${name}`)
  const kubeLink = await startFaultProxy(t, kube.port)
  const dataDir = join(options.dir, name)
  const kubeUrl = `http://127.0.0.1:${kubeLink.port}`
  const config = await options.configure({ dataDir, kubeUrl, name })
  const role = name === 'receiver' ? 'receiver' : 'worker'
  const env = { ...options.env, RIG_REDIS_URL: redisUrl.href }
  let running: Instance | undefined
  const instance = () => {
    if (running === undefined) throw new Error(`${name} was never started`)
    return running
  }
  return {
    name,
    dataDir,
    redis,
    redisUrl: redisUrl.href,
    kube,
    kubeLink,
    get instance() {
      return instance()
    },
    async start() {
      const started = await startInstance({ config, env, args: ['--role', role] })
      running = started
      t.teardown(() => started.kill('SIGKILL'))
      options.onStart(started)
      return started
    },
    kill: (signal) => instance().kill(signal),
  }
}
