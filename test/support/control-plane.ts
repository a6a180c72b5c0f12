import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { promisify } from 'node:util'
import { type AuditTrail, startAuditTrail } from './audit-trail.ts'
import type { Scope } from './scope.ts'
import { type ThrowawayControlPlane, throwawayControlPlane } from './throwaway.ts'

/** What tests share of a control plane; what `with-stack.ts` passes on. */
export interface StackAddress {
  readonly kubeconfig: string
  readonly server: string
  readonly kubectl: string
  readonly auditLog: string
}

export interface TestControlPlane {
  /** Its user is in system:masters. */
  readonly kubeconfig: string
  readonly server: string
  readonly auditLog: string
  /** Runs the real kubectl and gives what it prints; rejects with its stderr. */
  readonly kubectl: (args: readonly string[], stdin?: string) => Promise<string>
  /** Runs it and gives all that a person sees. */
  readonly attempt: (args: readonly string[], stdin?: string) => Promise<Attempt>
  /** Begins to follow what the apiserver is asked. */
  readonly audit: () => Promise<AuditTrail>
}

export interface Attempt {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export const stackVariable = 'LANDFALL_TEST_STACK'

let shared: Promise<TestControlPlane> | undefined

/**
 * The control plane of this test run: the one `with-stack.ts` started, or else one of this process
 * that ends with it. Tests keep to namespaces of their own, see `testNamespace`.
 */
export function controlPlane(): Promise<TestControlPlane> {
  shared ??= open()
  return shared
}

/** Has this process use a control plane of its own, whose apiserver has more flags. */
export async function useControlPlaneWith(t: Scope, flags: readonly string[]): Promise<void> {
  const stack = await throwawayControlPlane(flags)
  t.teardown(() => stack.stop())
  shared = Promise.resolve(connect(addressOf(stack)))
}

async function open(): Promise<TestControlPlane> {
  const given = process.env[stackVariable]
  return connect(given === undefined ? addressOf(await startForThisProcess()) : JSON.parse(given))
}

async function startForThisProcess(): Promise<ThrowawayControlPlane> {
  const stack = await throwawayControlPlane()
  process.once('exit', () => {
    for (const { pid } of stack.processes) process.kill(-pid, 'SIGKILL')
    rmSync(stack.dataDir, { recursive: true, force: true, maxRetries: 5 })
  })
  return stack
}

export function addressOf({ kubeconfig, server, kubectl, auditLog }: ThrowawayControlPlane) {
  if (auditLog === undefined) throw new Error('the test stack runs without its audit log')
  return { kubeconfig, server, kubectl, auditLog } satisfies StackAddress
}

function connect({ kubeconfig, server, kubectl, auditLog }: StackAddress): TestControlPlane {
  const start = (args: readonly string[], stdin?: string) => {
    const env = { KUBECONFIG: kubeconfig, HOME: '/nonexistent', PATH: process.env['PATH'] }
    const child = promisify(execFile)(kubectl, args, { env, maxBuffer: 64 * 1024 * 1024 })
    child.child.stdin?.end(stdin)
    return child
  }
  const run = async (args: readonly string[], stdin?: string) => (await start(args, stdin)).stdout
  return {
    kubeconfig,
    server,
    auditLog,
    kubectl: run,
    attempt: (args, stdin) =>
      start(args, stdin).then(
        (done) => ({ code: 0, ...done }),
        // A child that fails is rejected with what it wrote.
        (error: Attempt) => error,
      ),
    audit: () => startAuditTrail(auditLog, (path) => run(['get', '--raw', path])),
  }
}

/** A namespace of this test's own, deleted after it. It may have pods. */
export async function testNamespace(t: Scope): Promise<string> {
  const { kubectl } = await controlPlane()
  const name = `test-${randomBytes(5).toString('hex')}`
  await kubectl(['create', 'namespace', name])
  await kubectl(['wait', '--for=create', 'serviceaccount/default', '-n', name, '--timeout=30s'])
  t.teardown(() => kubectl(['delete', 'namespace', name, '--wait=false']))
  return name
}
