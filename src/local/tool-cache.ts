import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import type { Platform } from './tool-pins.ts'

/** The user's folder of tools, shared by all checkouts. */
export function toolCache(env: NodeJS.ProcessEnv): string {
  const configured = env['XDG_CACHE_HOME']
  // The XDG specification: a relative path is to be ignored.
  const base =
    configured !== undefined && isAbsolute(configured)
      ? configured
      : join(env['HOME'] ?? homedir(), '.cache')
  return join(base, 'landfall/tools')
}

export interface CachedTool {
  readonly name: string
  readonly version: string
  readonly platform: Platform
}

export function cachedToolPath(cache: string, { name, version, platform }: CachedTool): string {
  return join(cache, name, `${version}-${platform.os}-${platform.arch}`, name)
}
