import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import type { ProcessIdentity } from '../../src/local/process-identity.ts'
import { readStackState, type StackAddress } from '../../src/local/stack-state.ts'

const run = promisify(execFile)
const cli = join(import.meta.dirname, 'local-cli.ts')

/** Runs `landfall local …` and gives what it prints. */
export async function local(...args: readonly string[]): Promise<string> {
  return (await run(process.execPath, [cli, ...args])).stdout
}

/**
 * A folder for a stack, ended and removed after the test. No `t.testdir()`: tap removes that before
 * any teardown runs, and a stack without its state file can no longer be ended.
 */
export async function stackDir(t: Test): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'landfall-stack-'))
  const dataDir = join(dir, 'stack')
  t.teardown(async () => {
    await local('down', '--data-dir', dataDir)
    await rm(dir, { recursive: true, force: true })
  })
  return dataDir
}

export async function up(dataDir: string, ...args: readonly string[]): Promise<StackAddress> {
  return JSON.parse(await local('up', '--data-dir', dataDir, '-o', 'json', ...args))
}

/** `landfall local up --foreground`, once it is ready. */
export async function upInForeground(dataDir: string): Promise<ChildProcess> {
  const args = [cli, 'up', '--foreground', '--data-dir', dataDir]
  const parent = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(createInterface(parent.stdout), 'line')
  return parent
}

export async function processesOf(dataDir: string): Promise<readonly ProcessIdentity[]> {
  return (await readStackState(dataDir))?.processes ?? []
}

export async function kubectlOf(
  { kubectl, kubeconfig }: StackAddress,
  ...args: readonly string[]
): Promise<string> {
  return (await run(kubectl, args, { env: { KUBECONFIG: kubeconfig, HOME: '/nonexistent' } }))
    .stdout
}
