import { join } from 'node:path'
import { createByteCache } from '../domain/byte-cache.ts'
import type { Clock } from '../domain/clock.ts'
import { findGuard, type Guard } from '../sandbox/guard.ts'
import type { Isolation } from '../sandbox/isolation.ts'
import { createPrivateDirs } from '../sandbox/private-dirs.ts'
import { addedFiles } from './added-files.ts'
import { detectRenderer, type RendererName } from './detect.ts'
import { renderHelm } from './helm/render-helm.ts'
import { renderKustomize } from './kustomize/render-kustomize.ts'
import { createNeededFiles } from './needed-files.ts'
import { cacheKey, type Plan, planOf } from './plan.ts'
import type { Manifests } from './read-manifests.ts'
import type { Rendered, RenderInput } from './render.ts'
import { renderPlain } from './render-plain.ts'
import { createToolRunner, ToolExitError } from './run-tool.ts'
import { stoppedError } from './stopped-error.ts'

export interface Renderer {
  /** Throws StageError: RENDER_*, TOOL_MISSING, and what the input's own functions throw. */
  render(input: RenderInput): Promise<Rendered>
}

export interface RendererOptions {
  /** Absolute paths; undefined: not installed, which only an application that needs it notices. */
  readonly tools: { readonly kustomize: string | undefined; readonly helm: string | undefined }
  /** Absolute; private folders of the tools are made below. */
  readonly dataDir: string
  readonly clock: Clock
  readonly timeoutMs?: number
  /** Bytes of rendered JSON kept in memory; never on disk, since Secrets are among them. */
  readonly cacheBytes?: number
  readonly guard?: Guard
  readonly isolation?: Isolation
}

const defaultTimeoutMs = 60_000
const defaultCacheBytes = 128 * 1024 * 1024

/**
 * Remembers what it rendered, keyed by everything that decides it; an error, and what was decrypted
 * for it, is never remembered.
 */
export function createRenderer(options: RendererOptions): Renderer {
  const { tools } = options
  const neededFiles = createNeededFiles()
  const temp = createPrivateDirs(join(options.dataDir, 'tmp'), options.clock)
  const runner = createToolRunner({
    guard: options.guard ?? findGuard(),
    isolation: options.isolation,
    temp,
    timeoutMs: options.timeoutMs ?? defaultTimeoutMs,
  })
  const cacheBytes = options.cacheBytes ?? defaultCacheBytes
  const renders = createByteCache<Rendered>(cacheBytes)
  const manifests = createByteCache<Manifests>(cacheBytes)
  const detected = createByteCache<RendererName>(detectedEntries)

  async function rendererOf(input: RenderInput) {
    const { application, pathTree } = input
    if (application.render.type !== 'auto') return application.render.type
    const key = `${pathTree} ${application.path}`
    const known = detected.get(key)
    if (known !== undefined) return known
    const found = detectRenderer(await input.listFiles(), application.path)
    detected.set(key, found, 1)
    return found
  }

  async function produce(input: RenderInput, plan: Plan): Promise<Produced> {
    if (plan.renderer === 'plain') return renderPlain(input, manifests)
    const { paths, remote } = plan.needed
    const added = await addedFiles(input, plan.needed)
    if (paths === undefined) return runTool(input, plan, await input.checkout(added))
    try {
      return await runTool(input, plan, await input.checkout({ paths, ...added }))
    } catch (error: unknown) {
      if (!(error instanceof ToolExitError) || remote !== undefined) throw error
    }
    // It may have looked for what it was not given.
    const rendered = await runTool(input, plan, await input.checkout(added))
    neededFiles.mistrust(input)
    const warnings = [...rendered.warnings, shortWarning(plan.renderer)]
    return { ...rendered, warnings, isOfMore: true }
  }

  function runTool(
    input: RenderInput,
    plan: Exclude<Plan, { renderer: 'plain' }>,
    root: string,
  ): Promise<Rendered & { bytes: number }> {
    return plan.renderer === 'kustomize'
      ? renderKustomize(input, root, { ...plan, runner })
      : renderHelm(input, root, { ...plan, runner, temp })
  }

  return {
    async render(input) {
      if (input.signal.aborted) throw stoppedError(input.signal.reason)
      const plan = await planOf(input, await rendererOf(input), { tools, neededFiles })
      const key = await cacheKey(input, plan)
      const known = renders.get(key)
      if (known !== undefined) return known
      const { bytes, isOfMore = false, ...rendered } = await produce(input, plan)
      Object.freeze(rendered)
      const isKept = !isOfMore && rendered.isDecrypted !== true
      if (isKept) renders.set(key, rendered, bytes)
      return rendered
    },
  }
}

interface Produced extends Rendered {
  readonly bytes: number
  /** It depends on more than its key names. */
  readonly isOfMore?: boolean
}

const detectedEntries = 10_000

function shortWarning(tool: string): string {
  return `${tool} reads files that Landfall did not expect: it is run again at every commit; please report it`
}
