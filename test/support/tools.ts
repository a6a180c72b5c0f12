import { cachedToolPath, toolCache } from '../../src/local/tool-cache.ts'
import { readToolPins, thisPlatform } from '../../src/local/tool-pins.ts'

/** Where the pinned kustomize and helm are; the gate has fetched them before tests run. */
export async function rendererTools(): Promise<{ kustomize: string; helm: string }> {
  const platform = thisPlatform()
  if (platform === undefined) throw new Error('this platform has no pinned tools')
  const pins = await readToolPins()
  const pathOf = (name: string) => {
    const version = pins.tools[name]?.version
    if (version === undefined) throw new Error(`${name} is not pinned`)
    return cachedToolPath(toolCache(process.env), { name, version, platform })
  }
  return { kustomize: pathOf('kustomize'), helm: pathOf('helm') }
}
