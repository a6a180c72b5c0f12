import { renameSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { StageError } from '../domain/error.ts'

const ProcessRecord = z.object({ name: z.string(), pid: z.int().positive(), started: z.string() })

const StackAddress = z.object({
  kubeconfig: z.string(),
  server: z.string(),
  /** Contains the password. */
  redisUrl: z.string(),
  dataDir: z.string(),
  kubectl: z.string(),
  auditLog: z.string().optional(),
})

const StackState = z.object({
  kubernetesVersion: z.string(),
  audit: z.boolean(),
  processes: z.array(ProcessRecord),
  /** Absent until the stack is ready. */
  address: StackAddress.optional(),
})

/** Where the programs of a local stack are reached. */
export type StackAddress = z.infer<typeof StackAddress>
export type StackState = z.infer<typeof StackState>

/** What a run left in `dataDir`; undefined: nothing. LOCAL_STACK_FAILED when it makes no sense. */
export async function readStackState(dataDir: string): Promise<StackState | undefined> {
  const path = stackStateFile(dataDir)
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return StackState.parse(JSON.parse(text))
  } catch (error: unknown) {
    const reason = `${path} is no state of a local stack: move it away and end its processes by hand`
    throw new StageError('LOCAL_STACK_FAILED', reason, { cause: error })
  }
}

/** At once, so that no process runs of which nobody knows. */
export function writeStackState(dataDir: string, state: StackState): void {
  const path = stackStateFile(dataDir)
  writeFileSync(`${path}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

export function stackStateFile(dataDir: string): string {
  return join(dataDir, 'stack.json')
}
