import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { findSystemTool, findTool, type WantedTool } from './find-tool.ts'
import { createInstaller, type InstallEvent } from './install-tool.ts'
import { claimFile } from './lock-file.ts'
import { thisProcess } from './process-identity.ts'
import { toolCache } from './tool-cache.ts'
import { buildOrder } from './tool-source.ts'

export interface InstallOptions {
  readonly env: NodeJS.ProcessEnv
  readonly onEvent: (event: InstallEvent) => void
}

const scratchPrefix = '.scratch-'

/**
 * Paths of all these tools by name: found, else downloaded and verified, else built from their Go
 * modules. TOOL_MISSING, naming both ways, when neither is open.
 */
export async function installTools(
  tools: readonly WantedTool[],
  options: InstallOptions,
): Promise<ReadonlyMap<string, string>> {
  const found = await findAll(tools, options)
  const missing = tools.filter(({ name }) => !found.has(name))
  if (missing.length === 0) return found

  const cache = toolCache(options.env)
  await mkdir(cache, { recursive: true })
  const release = await awaitTurn(join(cache, 'lock'), options)
  try {
    return new Map([...found, ...(await installMissing(missing, cache, options))])
  } finally {
    await release()
  }
}

async function findAll(
  tools: readonly WantedTool[],
  { env, onEvent }: InstallOptions,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  for (const tool of tools) {
    const path = await findTool(tool, env)
    if (path === undefined) continue
    found.set(tool.name, path)
    onEvent({ kind: 'found', name: tool.name, version: tool.pin.version, path })
  }
  return found
}

// Two checkouts that set themselves up at once would build everything twice.
async function awaitTurn(file: string, { onEvent }: InstallOptions): Promise<() => Promise<void>> {
  let told: number | undefined
  for (;;) {
    const claim = await claimFile(file, thisProcess('landfall'))
    if (claim.kind === 'held') return () => claim.release()
    const pid = claim.holder?.pid
    if (pid !== undefined && pid !== told) onEvent({ kind: 'waiting', pid })
    told = pid
    await delay(200)
  }
}

async function installMissing(
  missing: readonly WantedTool[],
  cache: string,
  options: InstallOptions,
): Promise<ReadonlyMap<string, string>> {
  // Another process may have installed some while this one waited.
  const found = await findAll(missing, options)
  await removeLeftovers(cache)
  const scratch = await mkdtemp(join(cache, scratchPrefix))
  try {
    const go = await findSystemTool('go', options.env)
    const install = createInstaller({ ...options, cache, scratch, go })
    const installed = new Map(found)
    for (const tool of buildOrder(missing.filter(({ name }) => !found.has(name)))) {
      installed.set(tool.name, await install(tool))
    }
    return installed
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

async function removeLeftovers(cache: string): Promise<void> {
  const names = (await readdir(cache)).filter((name) => name.startsWith(scratchPrefix))
  for (const name of names) await rm(join(cache, name), { recursive: true, force: true })
}
