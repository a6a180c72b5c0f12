import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import type { RenderOptions } from '../domain/application.ts'
import { StageError } from '../domain/error.ts'
import type { RendererName } from './detect.ts'
import { type HelmOptions, helmOptions } from './helm/helm-options.ts'
import type { Needed, NeededFiles } from './needed-files.ts'
import type { Capabilities, RenderInput } from './render.ts'
import { substitutionKey } from './substitute/variables.ts'

/** Everything a renderer is given besides the content of files. */
export type Plan =
  | { readonly renderer: 'plain' }
  | {
      readonly renderer: 'kustomize'
      readonly tool: string
      /** That kustomize runs on charts; undefined: on none. */
      readonly helmTool: string | undefined
      readonly needed: Needed
      /** undefined: no chart asks. */
      readonly capabilities: Capabilities | undefined
    }
  | {
      readonly renderer: 'helm'
      readonly tool: string
      readonly needed: Needed
      readonly helm: HelmOptions
      /** undefined: the chart does not ask. */
      readonly capabilities: Capabilities | undefined
    }

type KustomizeOptions = Extract<RenderOptions, { type: 'kustomize' }>

type Tools = Readonly<Record<'kustomize' | 'helm', string | undefined>>

/** Throws TOOL_MISSING, and RENDER_* for what a tool must not be given. */
export async function planOf(
  input: RenderInput,
  renderer: RendererName,
  { tools, neededFiles }: { readonly tools: Tools; readonly neededFiles: NeededFiles },
): Promise<Plan> {
  if (renderer === 'plain') return { renderer }
  const { render } = input.application
  const tool = toolOf(input, tools, renderer)
  if (renderer === 'kustomize') {
    const options = render.type === 'kustomize' ? render : { type: 'kustomize' as const }
    const { helmCharts = false, remoteBases = [] }: KustomizeOptions = options
    const needed = await neededFiles.of(input, { renderer, helmCharts, remoteBases })
    const isHelmRun = needed.chartValues !== undefined
    const helmTool = isHelmRun ? toolOf(input, tools, 'helm') : undefined
    return { renderer, tool, helmTool, needed, capabilities: await capabilitiesOf(input, needed) }
  }
  const helm = helmOptions(render)
  const needed = await neededFiles.of(input, { renderer, helm })
  return { renderer, tool, needed, helm, capabilities: await capabilitiesOf(input, needed) }
}

function toolOf(input: RenderInput, tools: Tools, name: keyof Tools): string {
  const tool = tools[name]
  if (tool !== undefined) return tool
  const text = `${name} is not installed; application ${input.application.name} needs it`
  throw new StageError('TOOL_MISSING', text)
}

async function capabilitiesOf(
  input: RenderInput,
  { asksCluster }: Needed,
): Promise<Capabilities | undefined> {
  if (!asksCluster) return undefined
  const { kubeVersion, apiVersions } = await input.capabilities()
  return { kubeVersion, apiVersions: apiVersions.toSorted() }
}

/** Names what this render can only be: nothing else reaches the tool. */
export async function cacheKey(input: RenderInput, plan: Plan): Promise<string> {
  const { name, namespace, path, render } = input.application
  const parts = [await identityOf(input, plan), path, namespace, name, substitutionKey(render)]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

async function identityOf(input: RenderInput, plan: Plan): Promise<readonly unknown[]> {
  if (plan.renderer === 'plain') return [plan.renderer, input.pathTree]
  const { needed, ...options } = plan
  const tools = [plan.tool, ...('helmTool' in plan && plan.helmTool ? [plan.helmTool] : [])]
  return [options, await Promise.all(tools.map(toolIdentity)), needed.fingerprint]
}

// A tool may be replaced under a running process.
async function toolIdentity(file: string): Promise<string> {
  const found = await stat(file).catch((cause: unknown) => {
    throw new StageError('TOOL_MISSING', `${file} cannot be read`, { cause })
  })
  return `${found.size} ${found.mtimeMs}`
}
