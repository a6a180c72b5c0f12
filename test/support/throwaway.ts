import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ControlPlane, startControlPlane } from '../../src/local/control-plane.ts'
import type { ControlPlaneTools } from '../../src/local/control-plane-argv.ts'
import type { ProcessIdentity } from '../../src/local/process-identity.ts'
import { findControlPlaneTools } from '../../src/local/stack-tools.ts'

export interface ThrowawayControlPlane extends ControlPlane {
  readonly dataDir: string
  readonly processes: readonly ProcessIdentity[]
}

/** A control plane of one's own with an audit log; `stop` removes its files too. */
export async function throwawayControlPlane(
  apiserverFlags: readonly string[] = [],
): Promise<ThrowawayControlPlane> {
  const dataDir = await mkdtemp(join(tmpdir(), 'landfall-test-'))
  const found = await findControlPlaneTools(process.env)
  const tools = { ...found, ...(await withFlags(dataDir, found, apiserverFlags)) }
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

/** The same apiserver behind a script that adds flags. */
async function withFlags(
  dataDir: string,
  tools: ControlPlaneTools,
  flags: readonly string[],
): Promise<Partial<ControlPlaneTools>> {
  if (flags.length === 0) return {}
  const file = join(dataDir, 'kube-apiserver')
  const script = `#!/bin/sh\nexec ${tools['kube-apiserver']} "$@" ${flags.join(' ')}\n`
  await writeFile(file, script, { mode: 0o700 })
  return { 'kube-apiserver': file }
}
