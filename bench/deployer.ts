import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Scope } from '../test/support/scope.ts'
import type { Layout } from './objects.ts'

/** What a deployer without Landfall needs to know. */
export interface DeployerOptions {
  readonly with: 'pool' | 'kubectl'
  readonly layout: Layout
  readonly repo: string
  readonly token: string
  readonly kubeconfig: string
  readonly namespace: string
  readonly userAgent: string
  readonly tools: { readonly kustomize: string; readonly helm: string; readonly kubectl: string }
}

/** Clones and applies when it is told; a process of its own, warm, so that its CPU can be told. */
export interface Deployer {
  readonly pid: number
  deploy(sha: string): Promise<void>
}

export async function startDeployer(scope: Scope, options: DeployerOptions): Promise<Deployer> {
  const child = fork(new URL('./deployer-child.ts', import.meta.url), [JSON.stringify(options)], {
    env: {
      PATH: process.env['PATH'],
      HOME: '/nonexistent',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_SYSTEM: '/dev/null',
    },
  })
  scope.teardown(() => void child.kill())
  const stop = new AbortController()
  child.once('exit', () => stop.abort(new Error(`the deployer with ${options.with} ended`)))
  const answered = () => once(child, 'message', { signal: stop.signal })
  await answered()
  return {
    pid: child.pid ?? 0,
    async deploy(sha) {
      const done = answered()
      child.send(sha)
      await done
    },
  }
}
