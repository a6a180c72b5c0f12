import { StageError } from '../domain/error.ts'
import type { WantedTool } from './find-tool.ts'
import { type Platform, type ToolPins, thisPlatform } from './tool-pins.ts'

const kubernetesSet = 'kubernetes'

/**
 * What to look for or to install. `kubernetesVersion` other than the pinned one applies to the
 * programs of Kubernetes itself, which can then only be downloaded.
 */
export function wantedTools(
  names: readonly string[],
  pins: ToolPins,
  kubernetesVersion?: string,
): readonly WantedTool[] {
  const platform = requirePlatform()
  return names.map((name) => {
    const pin = pins.tools[name]
    if (pin === undefined) {
      const known = Object.keys(pins.tools).join(', ')
      throw new StageError('TOOL_MISSING', `${name} is no tool Landfall pins: choose from ${known}`)
    }
    const other = kubernetesVersion !== undefined && kubernetesVersion !== pin.version
    if (!other || pin.build?.set !== kubernetesSet) return { name, pin, platform }
    const { build: _pinnedSources, ...rest } = pin
    return { name, pin: { ...rest, version: kubernetesVersion }, platform }
  })
}

function requirePlatform(): Platform {
  const platform = thisPlatform()
  if (platform !== undefined) return platform
  const text = `no tools are published for ${process.platform} on ${process.arch}: use Linux or macOS on x64 or arm64`
  throw new StageError('TOOL_MISSING', text)
}
