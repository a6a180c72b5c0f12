import { basename, join } from 'node:path'
import { StageError } from '../../domain/error.ts'
import { assemble, type Part } from '../assemble.ts'
import { createPace } from '../pace.ts'
import { problemsError } from '../problem.ts'
import { readManifests } from '../read-manifests.ts'
import type { Capabilities, RenderInput } from '../render.ts'
import type { ToolRunner } from '../run-tool.ts'
import { archivePath } from './archive-path.ts'
import { clusterFlags } from './cluster-flags.ts'
import { dropHooks } from './drop-hooks.ts'
import type { HelmOptions } from './helm-options.ts'
import { maskValues } from './mask-values.ts'
import { isReleaseName } from './names.ts'
import { scanChart } from './scan-chart.ts'
import { splitSources } from './split-sources.ts'
import { findValueFiles } from './value-files.ts'

/** `helm template` of a chart whose dependencies are committed; no cluster, plugin or network. */
export async function renderHelm(
  input: RenderInput,
  root: string,
  {
    helm: options,
    capabilities,
    tool,
    runner,
  }: {
    readonly helm: HelmOptions
    readonly capabilities: Capabilities | undefined
    readonly tool: string
    readonly runner: ToolRunner
  },
) {
  const { path, namespace, name } = input.application
  const archive = options.chart === undefined ? undefined : archivePath(options.chart)
  const problems = archive === undefined ? await scanChart(root, path) : []
  if (problems.length > 0) throw problemsError(problems)

  const valueFiles = await findValueFiles(root, path, options.valueFiles)
  const release = releaseName(options.releaseName ?? name)
  const flags = ['--namespace', namespace, '--include-crds']
  flags.push('--skip-tests', ...clusterFlags(capabilities, ''))
  const valuesFrom = (checkout: string) =>
    [...valueFiles.map((file) => join(checkout, file)), '-'].flatMap((file) => ['--values', file])
  const { stdout } = await runner.run({
    name: 'helm',
    tool,
    args: (checkout) => [
      'template',
      release,
      archive === undefined ? '.' : join(checkout, archive),
      ...flags,
      ...valuesFrom(checkout),
    ],
    root,
    // Nothing of the path need be there for a chart from elsewhere.
    cwd: archive === undefined ? path : '',
    input: JSON.stringify(options.values),
    hide: (said) =>
      maskValues(said, {
        root,
        path,
        valueFiles,
        values: options.values,
        plain: [release, namespace, name, ...path.split('/')],
      }),
    signal: input.signal,
  })
  const sources = archive === undefined ? path : basename(archive)
  const pace = createPace(input.signal)
  const parts: Part[] = []
  for (const { file, text } of splitSources(stdout.toString('utf8'), sources)) {
    const manifests = dropHooks(await readManifests(Buffer.from(text), pace))
    parts.push({ file, lines: 'first', manifests })
  }
  return assemble(parts, namespace)
}

function releaseName(name: string): string {
  if (isReleaseName(name)) return name
  const shown = JSON.stringify(name.slice(0, 80))
  throw new StageError('RENDER_REFUSED', `${shown} is no helm release name; set render.releaseName`)
}
