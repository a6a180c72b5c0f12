import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ControlPlane, startControlPlane } from '../../src/local/control-plane.ts'
import type { ProcessIdentity } from '../../src/local/process-identity.ts'
import { findControlPlaneTools } from '../../src/local/stack-tools.ts'

export interface ThrowawayControlPlane extends ControlPlane {
  readonly dataDir: string
  readonly processes: readonly ProcessIdentity[]
}

/** A control plane of one's own with an audit log; `stop` removes its files too. */
export async function throwawayControlPlane(): Promise<ThrowawayControlPlane> {
  const tools = await findControlPlaneTools(process.env)
  const dataDir = await mkdtemp(join(tmpdir(), 'landfall-test-'))
  const processes: ProcessIdentity[] = []
  const controlPlane = await startControlPlane({
    dataDir,
    tools,
    audit: true,
    throwaway: true,
    lifetime: 'parent',
    onStart: (identity) => processes.push(identity),
  })
  const stop = async () => {
    await controlPlane.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
  return { ...controlPlane, dataDir, processes, stop }
}
