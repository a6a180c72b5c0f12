import { chmod, mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { StageError } from '../domain/error.ts'
import { buildTool } from './build-tool.ts'
import { downloadTool } from './download-tool.ts'
import { hasVersion, type WantedTool } from './find-tool.ts'
import { cachedToolPath } from './tool-cache.ts'
import { toolSources } from './tool-source.ts'

export type InstallEvent =
  | {
      readonly kind: 'found' | 'installed'
      readonly name: string
      readonly version: string
      readonly path: string
    }
  /** Another process installs tools now. */
  | { readonly kind: 'waiting'; readonly pid: number }
  | { readonly kind: 'downloading'; readonly name: string; readonly version: string }
  | { readonly kind: 'unavailable'; readonly name: string; readonly reason: string }
  /** No download is tried from here on. */
  | { readonly kind: 'offline'; readonly reason: string }
  | {
      readonly kind: 'building'
      readonly name: string
      readonly version: string
      readonly usualSeconds: number
    }

export interface InstallerOptions {
  readonly env: NodeJS.ProcessEnv
  readonly cache: string
  /** A folder in `cache` for what is not whole yet. */
  readonly scratch: string
  /** Path of the go command; undefined: there is none. */
  readonly go: string | undefined
  readonly onEvent: (event: InstallEvent) => void
}

/** Installs one tool after the other into the cache and remembers whether there is a network. */
export function createInstaller(options: InstallerOptions): (tool: WantedTool) => Promise<string> {
  const { env, cache, scratch, go, onEvent } = options
  let noDownload: string | undefined

  async function download(tool: WantedTool, target: string): Promise<string | undefined> {
    const { name, pin } = tool
    onEvent({ kind: 'downloading', name, version: pin.version })
    const outcome = await downloadTool(tool, target)
    if (outcome.kind === 'downloaded') return undefined
    if (outcome.offline) noDownload = outcome.reason
    onEvent(
      outcome.offline
        ? { kind: 'offline', reason: outcome.reason }
        : { kind: 'unavailable', name, reason: outcome.reason },
    )
    return outcome.reason
  }

  async function fetchOrBuild(tool: WantedTool, target: string): Promise<void> {
    const { name, pin } = tool
    let reason = noDownload
    const means = {
      online: noDownload === undefined,
      go: go !== undefined,
      buildable: pin.build !== undefined,
    }
    for (const source of toolSources(means)) {
      if (source === 'download') {
        reason = await download(tool, target)
        if (reason === undefined) return
      } else if (go !== undefined && pin.build !== undefined) {
        const { build, version } = pin
        onEvent({ kind: 'building', name, version, usualSeconds: build.usualSeconds })
        return buildTool({ ...tool, build }, target, { go, goCache: join(scratch, 'go'), env })
      }
    }
    throw notInstallable(tool, reason ?? 'no download was tried')
  }

  return async (tool) => {
    const { name, pin, platform } = tool
    const folder = join(scratch, name)
    const target = join(folder, name)
    await mkdir(folder)
    await fetchOrBuild(tool, target)
    await chmod(target, 0o755)
    if (!(await hasVersion(target, pin))) throw wrongVersion(tool)
    const path = cachedToolPath(cache, { name, version: pin.version, platform })
    await mkdir(dirname(dirname(path)), { recursive: true })
    // What is there was not found to be the tool.
    await rm(dirname(path), { recursive: true, force: true })
    await rename(folder, dirname(path))
    onEvent({ kind: 'installed', name, version: pin.version, path })
    return path
  }
}

function notInstallable({ name, pin }: WantedTool, reason: string): StageError {
  const build =
    pin.build === undefined
      ? 'Landfall pins no sources of that version to build it from: choose the pinned version'
      : 'to build it instead, put Go 1.26 or newer in PATH'
  const text = `${name} ${pin.version} is not installed and could not be downloaded (${reason}); ${build}, or put ${name} ${pin.version} in PATH`
  return new StageError('TOOL_MISSING', text)
}

function wrongVersion({ name, pin }: WantedTool): StageError {
  const text = `the ${name} just installed does not run or does not call itself ${pin.version}: put ${name} ${pin.version} in PATH`
  return new StageError('TOOL_MISSING', text)
}
