import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { promisify } from 'node:util'
import { cachedToolPath, toolCache } from './tool-cache.ts'
import type { Platform, ToolPin } from './tool-pins.ts'

const run = promisify(execFile)

export interface WantedTool {
  readonly name: string
  readonly pin: ToolPin
  readonly platform: Platform
}

/**
 * Path of an installed tool of exactly the pinned version: from the cache, `$KUBEBUILDER_ASSETS`
 * or `PATH`. undefined: there is none.
 */
export async function findTool(
  { name, pin, platform }: WantedTool,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const cached = cachedToolPath(toolCache(env), { name, version: pin.version, platform })
  if (await isExecutable(cached)) return cached
  const assets = env['KUBEBUILDER_ASSETS']
  const elsewhere = [...(assets === undefined ? [] : [assets]), ...searchPath(env)]
  for (const folder of elsewhere) {
    const file = join(folder, name)
    if ((await isExecutable(file)) && (await hasVersion(file, pin))) return file
  }
  return undefined
}

/** Path of a program the machine's package manager brings, whatever its version. */
export async function findSystemTool(
  name: string,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  for (const folder of searchPath(env)) {
    const file = join(folder, name)
    if (await isExecutable(file)) return file
  }
  return undefined
}

// A relative entry would find programs in whatever folder Landfall was started from.
function searchPath(env: NodeJS.ProcessEnv): readonly string[] {
  return (env['PATH'] ?? '').split(':').filter((folder) => isAbsolute(folder))
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  )
}

/** Whether the program runs and calls itself the pinned version. */
export async function hasVersion(
  file: string,
  { version, versionArgs }: ToolPin,
): Promise<boolean> {
  try {
    const { stdout } = await run(file, versionArgs, { timeout: 10_000, env: {} })
    return mentionsVersion(stdout, version)
  } catch {
    return false
  }
}

/** Whether the words of a `--version` name this version and not a longer one. */
export function mentionsVersion(text: string, version: string): boolean {
  const escaped = version.replaceAll('.', '\\.')
  return new RegExp(`(?:^|[^0-9.])v?${escaped}(?![0-9.-])`).test(text)
}
