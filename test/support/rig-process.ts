import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Test } from 'tap'
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts'
import { type Exit, type Instance, startInstance } from './instance.ts'
import { type KubeProxy, startKubeProxy } from './kube-proxy.ts'
import { diskOf, onSmallDisk, type SmallDisk } from './small-disk.ts'
import { until } from './until.ts'

const settableClock = import.meta.resolve('./settable-clock.ts')

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
  /** Sets its clock so much ahead of the machine's; only where the rig has clocks. */
  setClock(aheadMs: number): Promise<void>
  /** The one of its dataDir; only where the rig has disks. */
  disk(): SmallDisk
}

interface ProcessOptions {
  readonly dir: string
  readonly redisUrl: string
  readonly env: Readonly<Record<string, string>>
  /** Writes its configuration and gives the file. */
  configure(process: { dataDir: string; kubeUrl: string; name: ProcessName }): Promise<string>
  onStart(instance: Instance): void
  /** Its clock can be set. */
  readonly hasClock: boolean
  /** Of a disk of its own for its dataDir. */
  readonly diskBytes: number | undefined
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
  const clock = join(options.dir, `${name}.clock`)
  const env = {
    ...options.env,
    RIG_REDIS_URL: redisUrl.href,
    ...(options.hasClock && { RIG_CLOCK: clock, NODE_OPTIONS: `--import=${settableClock}` }),
  }
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
      const { diskBytes } = options
      const within = diskBytes === undefined ? [] : onSmallDisk(dataDir, diskBytes)
      const started = await startInstance({ config, env, within, args: ['--role', role] })
      running = started
      t.teardown(() => started.kill('SIGKILL'))
      options.onStart(started)
      return started
    },
    kill: (signal) => instance().kill(signal),
    disk: () => diskOf(instance().pid, dataDir),
    async setClock(aheadMs) {
      await writeFile(clock, String(aheadMs))
      process.kill(instance().pid, 'SIGUSR2')
      const seen = () => readFile(`${clock}.seen`, 'utf8').catch(() => '')
      await until(`the clock of ${name} is set`, async () => (await seen()) === String(aheadMs))
    },
  }
}
