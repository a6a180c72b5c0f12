import { findTool } from '../local/find-tool.ts'
import { readToolPins, thisPlatform } from '../local/tool-pins.ts'
import type { RenderTools } from './context.ts'

/** The installed renderers of the pinned versions. */
export async function findRenderTools(env: NodeJS.ProcessEnv): Promise<RenderTools> {
  const pins = await readToolPins()
  const platform = thisPlatform()
  const find = async (name: string): Promise<string | undefined> => {
    const pin = pins.tools[name]
    return pin === undefined || platform === undefined
      ? undefined
      : findTool({ name, pin, platform }, env)
  }
  return { kustomize: await find('kustomize'), helm: await find('helm') }
}
