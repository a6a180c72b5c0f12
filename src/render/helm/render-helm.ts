import { basename, join } from 'node:path'
import { StageError } from '../../domain/error.ts'
import type { PrivateDirs } from '../../sandbox/private-dirs.ts'
import { assemble, type Part } from '../assemble.ts'
import { createPace } from '../pace.ts'
import { problemsError } from '../problem.ts'
import { type Change, readManifests } from '../read-manifests.ts'
import type { Capabilities, RenderInput } from '../render.ts'
import type { ToolRunner } from '../run-tool.ts'
import { createDecryptor } from '../sops/decryptor.ts'
import { substitutionOf } from '../substitute/variables.ts'
import { archivePath } from './archive-path.ts'
import { clusterFlags } from './cluster-flags.ts'
import { dropHooks } from './drop-hooks.ts'
import type { HelmOptions } from './helm-options.ts'
import { copyForLater } from './later-chart.ts'
import { maskValues } from './mask-values.ts'
import { rendersOf } from './may-vary.ts'
import { isReleaseName } from './names.ts'
import { type OpenedValues, openValues } from './open-values.ts'
import { scanChart } from './scan-chart.ts'
import { settleRenders } from './settle-renders.ts'
import { splitSources } from './split-sources.ts'
import { findValueFiles } from './value-files.ts'

interface HelmTools {
  readonly helm: HelmOptions
  /** undefined: the chart does not ask. */
  readonly capabilities: Capabilities | undefined
  readonly tool: string
  readonly runner: ToolRunner
  /** For a copy of the chart. */
  readonly temp: PrivateDirs
}

/**
 * `helm template` of a chart whose dependencies are committed; no cluster, plugin or network. One that
 * may render to something else each time is rendered again, to know which fields do.
 */
export async function renderHelm(input: RenderInput, root: string, tools: HelmTools) {
  const { path, namespace, name, render } = input.application
  const { helm: options } = tools
  const archive = options.chart === undefined ? undefined : archivePath(options.chart)
  const problems = archive === undefined ? await scanChart(root, path) : []
  if (problems.length > 0) throw problemsError(problems)

  const release = releaseName(options.releaseName ?? name)
  // Words that tell a person where, though values may hold them too.
  const plain = [release, namespace, name, ...path.split('/')]
  const valueFiles = await findValueFiles(root, path, options.valueFiles)
  const decryptor = createDecryptor(render, (secrets) =>
    input.onDecrypted?.(secrets.filter((secret) => !plain.includes(secret.reveal()))),
  )
  const given = { path, files: valueFiles, values: options.values }
  const { isDecrypted, ...opened } = await openValues(root, given, decryptor)
  const change = substitutionOf(render, decryptor.isInSecret)
  const chart = { ...opened, root, path, archive, release, plain, valueFiles, change }
  const first = await template(input, chart, tools)
  const renders = archive === undefined ? await rendersOf(chart) : 2
  if (renders === 1) return { ...first, isDecrypted }
  const others = []
  for (let render = 1; render < renders; render += 1) {
    others.push((await templateLater(input, chart, tools)).objects)
  }
  const { objects, warnings } = settleRenders(first.objects, others)
  return { ...first, objects, warnings: [...first.warnings, ...warnings], isDecrypted }
}

interface Chart extends OpenedValues {
  readonly root: string
  readonly path: string
  /** Of a chart from elsewhere, from the root. */
  readonly archive: string | undefined
  readonly release: string
  /** Words that are masked in no message. */
  readonly plain: readonly string[]
  /** All of them, from the root. */
  readonly valueFiles: readonly string[]
  readonly change: Change | undefined
}

/** Throws RENDER_*. */
async function template(
  input: RenderInput,
  chart: Omit<Chart, 'isDecrypted'>,
  { tool, runner, capabilities }: HelmTools,
) {
  const { root, path, archive, values, change } = chart
  const { namespace } = input.application
  const { stdout } = await runner.run({
    name: 'helm',
    tool,
    args: (checkout) => [
      ...argumentsFor(chart, checkout),
      '--namespace',
      namespace,
      '--include-crds',
      '--skip-tests',
      ...clusterFlags(capabilities, ''),
    ],
    root,
    // Nothing of the path need be there for a chart from elsewhere.
    cwd: archive === undefined ? path : '',
    input: JSON.stringify(values),
    hide: (said) => maskValues(said, chart),
    signal: input.signal,
  })
  const sources = archive === undefined ? path : basename(archive)
  const pace = createPace(input.signal)
  const parts: Part[] = []
  for (const { file, text } of splitSources(stdout.toString('utf8'), sources)) {
    const manifests = dropHooks(await readManifests(Buffer.from(text), pace, change))
    // A template's own lines are not those of its output.
    parts.push({ placeOf: () => ({ file, line: 1 }), manifests })
  }
  return assemble(parts, namespace)
}

function argumentsFor(
  { release, archive, files }: Pick<Chart, 'release' | 'archive' | 'files'>,
  checkout: string,
): string[] {
  const valueFiles = [...files.map((file) => join(checkout, file)), '-']
  const chart = archive === undefined ? '.' : join(checkout, archive)
  return ['template', release, chart, ...valueFiles.flatMap((file) => ['--values', file])]
}

/** The same chart at another time; at the same where that is more than it can take, or it is packed. */
async function templateLater(
  input: RenderInput,
  chart: Omit<Chart, 'isDecrypted'>,
  tools: HelmTools,
) {
  if (chart.archive !== undefined) return template(input, chart, tools)
  const copy = await tools.temp.make()
  try {
    await copyForLater(chart.root, chart, copy)
    return await template(input, { ...chart, root: copy }, tools)
  } catch (error: unknown) {
    if (!(error instanceof StageError) || error.retry.kind !== 'never') throw error
    return await template(input, chart, tools)
  } finally {
    await tools.temp.remove(copy)
  }
}

function releaseName(name: string): string {
  if (isReleaseName(name)) return name
  const shown = JSON.stringify(name.slice(0, 80))
  throw new StageError('RENDER_REFUSED', `${shown} is no helm release name; set render.releaseName`)
}
