import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { findGuard } from '../sandbox/guard.ts'
import { type ApiAccess, askApi } from './api-probe.ts'
import { awaitReady } from './await-ready.ts'
import {
  apiserverArgv,
  type ControlPlaneTools,
  controllerManagerArgv,
  etcdArgv,
  kwokArgv,
  schedulerArgv,
} from './control-plane-argv.ts'
import { identities, prepareFiles, type Tokens, writeKubeconfig } from './control-plane-files.ts'
import { createNode, isNodeReady } from './first-node.ts'
import { freePort } from './free-port.ts'
import { packageRoot } from './package-root.ts'
import type { ProcessIdentity } from './process-identity.ts'
import { type Daemon, startDaemon } from './start-daemon.ts'
import { stopProcesses } from './stop-processes.ts'

export interface ControlPlaneOptions {
  /** Absolute. What an earlier run left there is taken over, unless `throwaway`. */
  readonly dataDir: string
  readonly tools: ControlPlaneTools
  readonly audit: boolean
  /** Begins empty and does not wait for the disk. */
  readonly throwaway: boolean
  /** `parent`: every process ends with this one, however it ends. */
  readonly lifetime: 'parent' | 'detached'
  /** Told of each process as soon as it runs. */
  readonly onStart?: (identity: ProcessIdentity) => void
  readonly signal?: AbortSignal
}

export interface ControlPlane {
  /** Path of a kubeconfig whose user is in system:masters. */
  readonly kubeconfig: string
  readonly server: string
  readonly kubectl: string
  readonly auditLog: string | undefined
  /** Settles with a sentence as soon as any of the processes ends. Never rejects, keeps nobody alive. */
  readonly ended: Promise<string>
  stop(): Promise<void>
}

/**
 * A real Kubernetes control plane on loopback, with one simulated node: ready when it returns.
 * LOCAL_STACK_FAILED, naming the log to read, when it does not become so within a minute.
 */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { dataDir, tools, audit } = options
  const folder = join(dataDir, 'control-plane')
  if (options.throwaway) await rm(folder, { recursive: true, force: true })
  await mkdir(join(folder, 'logs'), { recursive: true, mode: 0o700 })
  const daemons: Daemon[] = []
  const stop = () => stopDaemons(daemons)
  try {
    const api = await bringUp(folder, options, daemons)
    const kubeconfig = join(dataDir, 'kubeconfig')
    await writeKubeconfig(kubeconfig, { ...api, user: identities.admin })
    return {
      kubeconfig,
      server: api.server,
      kubectl: tools.kubectl,
      auditLog: audit ? join(folder, 'audit.log') : undefined,
      ended: Promise.race(daemons.map(({ ended }) => ended)),
      stop,
    }
  } catch (error: unknown) {
    await stop()
    throw error
  }
}

async function bringUp(
  folder: string,
  options: ControlPlaneOptions,
  daemons: Daemon[],
): Promise<ApiAccess> {
  const { tools, throwaway, audit, signal } = options
  const guard = options.lifetime === 'parent' ? findGuard() : undefined
  const start = (name: string, argv: readonly [string, ...string[]]) => {
    const logFile = join(folder, 'logs', `${name}.log`)
    const daemon = startDaemon({ name, argv, cwd: folder, logFile, guard })
    daemons.push(daemon)
    options.onStart?.(daemon.identity)
  }

  const tokens = await prepareFiles(folder)
  const port = await freePort()
  start('etcd', etcdArgv(tools, throwaway))
  start('kube-apiserver', apiserverArgv(tools, { port, audit }))
  const server = `https://127.0.0.1:${port}`
  const api = await awaitReady(daemons, () => reachApiserver(folder, server, tokens), signal)

  await writeComponentKubeconfigs(folder, api, tokens)
  start('kube-controller-manager', controllerManagerArgv(tools))
  start('kube-scheduler', schedulerArgv(tools))
  start('kwok', kwokArgv(tools, join(packageRoot(), 'tools/kwok/stages.yaml'), await freePort()))
  await awaitReady(daemons, () => createNode(api), signal)
  await awaitReady(daemons, () => isNodeReady(api), signal)
  return api
}

// The apiserver signs its own certificate at its first start.
async function reachApiserver(
  folder: string,
  server: string,
  tokens: Tokens,
): Promise<ApiAccess | undefined> {
  const ca = await readFile(join(folder, 'certs/apiserver.crt'), 'utf8')
  const api = { server, ca, token: tokens.admin }
  const { status } = await askApi(api, '/readyz')
  return status === 200 ? api : undefined
}

async function writeComponentKubeconfigs(
  folder: string,
  { server, ca }: ApiAccess,
  tokens: Tokens,
): Promise<void> {
  for (const name of ['kube-controller-manager', 'kube-scheduler', 'kwok'] as const) {
    const file = join(folder, `${name}.kubeconfig`)
    await writeKubeconfig(file, { server, ca, user: identities[name], token: tokens[name] })
  }
}

// Only etcd has something to lose.
async function stopDaemons(daemons: readonly Daemon[]): Promise<void> {
  const [etcd, ...others] = daemons.map(({ identity }) => identity)
  await stopProcesses(others, 0)
  if (etcd !== undefined) await stopProcesses([etcd], 5000)
}
