import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { StageError } from '../domain/error.ts'
import type { RendererName } from './detect.ts'
import { type HelmOptions, helmOptions } from './helm/helm-options.ts'
import type { Needed, NeededFiles } from './needed-files.ts'
import type { Capabilities, RenderInput } from './render.ts'

/** Everything a renderer is given besides the content of files. */
export type Plan =
  | { readonly renderer: 'plain' }
  | { readonly renderer: 'kustomize'; readonly tool: string; readonly needed: Needed }
  | {
      readonly renderer: 'helm'
      readonly tool: string
      readonly needed: Needed
      readonly helm: HelmOptions
      /** undefined: the chart does not ask. */
      readonly capabilities: Capabilities | undefined
    }

type Tools = Readonly<Record<'kustomize' | 'helm', string | undefined>>

/** Throws TOOL_MISSING, and RENDER_* for what a tool must not be given. */
export async function planOf(
  input: RenderInput,
  renderer: RendererName,
  { tools, neededFiles }: { readonly tools: Tools; readonly neededFiles: NeededFiles },
): Promise<Plan> {
  if (renderer === 'plain') return { renderer }
  const tool = tools[renderer]
  if (tool === undefined) {
    const text = `${renderer} is not installed; application ${input.application.name} needs it`
    throw new StageError('TOOL_MISSING', text)
  }
  if (renderer === 'kustomize') {
    return { renderer, tool, needed: await neededFiles.of(input, { renderer }) }
  }
  const helm = helmOptions(input.application.render)
  const needed = await neededFiles.of(input, { renderer, helm })
  const capabilities = needed.asksCluster ? await capabilitiesOf(input) : undefined
  return { renderer, tool, needed, helm, capabilities }
}

async function capabilitiesOf(input: RenderInput): Promise<Capabilities> {
  const { kubeVersion, apiVersions } = await input.capabilities()
  return { kubeVersion, apiVersions: apiVersions.toSorted() }
}

/** Names what this render can only be: nothing else reaches the tool. */
export async function cacheKey(input: RenderInput, plan: Plan): Promise<string> {
  const { name, namespace, path } = input.application
  const parts = [await identityOf(input, plan), path, namespace, name]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

async function identityOf(input: RenderInput, plan: Plan): Promise<readonly unknown[]> {
  if (plan.renderer === 'plain') return [plan.renderer, input.pathTree]
  const { needed, ...options } = plan
  return [options, await toolIdentity(plan.tool), needed.fingerprint]
}

// A tool may be replaced under a running process.
async function toolIdentity(file: string): Promise<string> {
  const found = await stat(file).catch((cause: unknown) => {
    throw new StageError('TOOL_MISSING', `${file} cannot be read`, { cause })
  })
  return `${found.size} ${found.mtimeMs}`
}
