import { mkdir, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { StageError } from '../domain/error.ts'
import { type ControlPlane, startControlPlane } from './control-plane.ts'
import type { ControlPlaneTools } from './control-plane-argv.ts'
import { type EmbeddedRedis, startRedis } from './embedded-redis.ts'
import { claimFile } from './lock-file.ts'
import { isRunning, type ProcessIdentity, thisProcess } from './process-identity.ts'
import {
  readStackState,
  type StackAddress,
  type StackState,
  stackStateFile,
  writeStackState,
} from './stack-state.ts'
import { stopProcesses } from './stop-processes.ts'

export interface StackOptions {
  /** Absolute. */
  readonly dataDir: string
  readonly tools: ControlPlaneTools
  /** Path of redis-server. */
  readonly redis: string
  readonly kubernetesVersion: string
  readonly audit: boolean
  readonly lifetime: 'parent' | 'detached'
  readonly signal?: AbortSignal
}

export interface LocalStack {
  readonly address: StackAddress
  /** False: it ran already. */
  readonly started: boolean
  /** Settles with a sentence as soon as any of its processes ends. Never rejects, keeps nobody alive. */
  readonly ended: Promise<string>
}

export type StackStatus =
  | { readonly kind: 'none' }
  | { readonly kind: 'running'; readonly state: StackState; readonly address: StackAddress }
  /** Only these processes still run. */
  | { readonly kind: 'broken'; readonly running: readonly ProcessIdentity[] }

/**
 * A control plane and a Redis that keep their data in `dataDir` until `stopStack`. Running already:
 * the same one. What a crashed run left is ended first, its data taken over. LOCAL_STACK_FAILED
 * when it does not start, or runs otherwise than asked for.
 */
export async function startStack(options: StackOptions): Promise<LocalStack> {
  const { dataDir } = options
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const claim = await claimFile(lockOf(dataDir), thisProcess('landfall'))
  if (claim.kind === 'busy') {
    const who = claim.holder === undefined ? 'another process' : `process ${claim.holder.pid}`
    throw new StageError('LOCAL_STACK_FAILED', `${who} starts a local stack in ${dataDir} now`)
  }
  try {
    const before = await readStackState(dataDir)
    if (before !== undefined) assertSame(before, options)
    const status = judge(before)
    if (status.kind === 'running') {
      return { address: status.address, started: false, ended: new Promise(() => {}) }
    }
    if (status.kind === 'broken') await stopProcesses(status.running, 5000)
    return await startBoth(options)
  } finally {
    await claim.release()
  }
}

export async function stackStatus(dataDir: string): Promise<StackStatus> {
  return judge(await readStackState(dataDir))
}

/** Ends exactly the processes of the stack and removes its data. False: there was none. */
export async function stopStack(dataDir: string): Promise<boolean> {
  const state = await readStackState(dataDir)
  if (state === undefined) return false
  await stopProcesses(state.processes, 0)
  for (const name of ['control-plane', 'redis', 'kubeconfig', 'stack.lock']) {
    await rm(join(dataDir, name), { recursive: true, force: true })
  }
  // Last: while it is there, a second attempt can finish what this one did not.
  await rm(stackStateFile(dataDir), { force: true })
  await rmdir(dataDir).catch(() => {})
  return true
}

function lockOf(dataDir: string): string {
  return join(dataDir, 'stack.lock')
}

function judge(state: StackState | undefined): StackStatus {
  if (state === undefined) return { kind: 'none' }
  const running = state.processes.filter(isRunning)
  return state.address !== undefined && running.length === state.processes.length
    ? { kind: 'running', state, address: state.address }
    : { kind: 'broken', running }
}

function assertSame(before: StackState, { dataDir, kubernetesVersion, audit }: StackOptions): void {
  const is = describe(before)
  const wanted = describe({ kubernetesVersion, audit })
  if (is === wanted) return
  const text = `${dataDir} holds a stack of ${is}, not ${wanted}: remove it with \`landfall local down\`, or choose another --data-dir`
  throw new StageError('LOCAL_STACK_FAILED', text)
}

function describe({ kubernetesVersion, audit }: Pick<StackState, 'kubernetesVersion' | 'audit'>) {
  return `Kubernetes ${kubernetesVersion} ${audit ? 'with' : 'without'} audit log`
}

async function startBoth(options: StackOptions): Promise<LocalStack> {
  const { dataDir, kubernetesVersion, audit } = options
  const processes: ProcessIdentity[] = []
  const onStart = (identity: ProcessIdentity) => {
    processes.push(identity)
    writeStackState(dataDir, { kubernetesVersion, audit, processes })
  }
  const common = { ...options, throwaway: false, onStart }
  const [controlPlane, redis] = await Promise.allSettled([
    startControlPlane(common),
    startRedis({ ...common, program: options.redis }),
  ])
  if (controlPlane.status === 'rejected' || redis.status === 'rejected') {
    await stopProcesses(processes, 5000)
    throw controlPlane.status === 'rejected' ? controlPlane.reason : reasonOf(redis)
  }
  const address = addressOf(options, controlPlane.value, redis.value)
  writeStackState(dataDir, { kubernetesVersion, audit, processes, address })
  const ended = Promise.race([controlPlane.value.ended, redis.value.ended])
  return { address, started: true, ended }
}

function reasonOf(result: PromiseSettledResult<unknown>): unknown {
  return result.status === 'rejected' ? result.reason : undefined
}

function addressOf(
  { dataDir }: StackOptions,
  { kubeconfig, server, kubectl, auditLog }: ControlPlane,
  { url }: EmbeddedRedis,
): StackAddress {
  const audit = auditLog === undefined ? {} : { auditLog }
  return { kubeconfig, server, redisUrl: url, dataDir, kubectl, ...audit }
}
