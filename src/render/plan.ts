import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { StageError } from '../domain/error.ts'
import type { RendererName } from './detect.ts'
import { type HelmOptions, helmOptions } from './helm/helm-options.ts'
import type { Capabilities, RenderInput } from './render.ts'
import { substitutionKey } from './substitute/variables.ts'

/** Everything a renderer is given besides the commit. */
export type Plan =
  | { readonly renderer: 'plain' }
  | { readonly renderer: 'kustomize'; readonly tool: string }
  | {
      readonly renderer: 'helm'
      readonly tool: string
      readonly helm: HelmOptions
      readonly capabilities: Capabilities
    }

type Tools = Readonly<Record<'kustomize' | 'helm', string | undefined>>

/** Throws TOOL_MISSING. Asks the cluster for its capabilities only for helm. */
export async function planOf(
  input: RenderInput,
  renderer: RendererName,
  tools: Tools,
): Promise<Plan> {
  if (renderer === 'plain') return { renderer }
  const tool = tools[renderer]
  if (tool === undefined) {
    const text = `${renderer} is not installed; application ${input.application.name} needs it`
    throw new StageError('TOOL_MISSING', text)
  }
  if (renderer === 'kustomize') return { renderer, tool }
  const { kubeVersion, apiVersions } = await input.capabilities()
  const capabilities = { kubeVersion, apiVersions: apiVersions.toSorted() }
  return { renderer, tool, helm: helmOptions(input.application.render), capabilities }
}

/**
 * Names what this render can only be. kustomize and helm may read any file of the commit: a key of
 * their path alone would serve the old output when `../../base` changes.
 */
export async function cacheKey(input: RenderInput, plan: Plan): Promise<string> {
  const { name, namespace, path, render } = input.application
  const files = plan.renderer === 'plain' ? input.pathTree : input.revision.rootTree
  const version = plan.renderer === 'plain' ? '' : await toolIdentity(plan.tool)
  const parts = [plan, version, files, path, namespace, name, substitutionKey(render)]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

// A tool may be replaced under a running process.
async function toolIdentity(file: string): Promise<string> {
  const found = await stat(file).catch((cause: unknown) => {
    throw new StageError('TOOL_MISSING', `${file} cannot be read`, { cause })
  })
  return `${found.size} ${found.mtimeMs}`
}
