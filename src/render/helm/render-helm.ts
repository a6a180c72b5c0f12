import { join } from 'node:path'
import { StageError } from '../../domain/error.ts'
import { assemble, type Part } from '../assemble.ts'
import { createPace } from '../pace.ts'
import { problemsError } from '../problem.ts'
import { readManifests } from '../read-manifests.ts'
import type { Capabilities, RenderInput } from '../render.ts'
import type { ToolRunner } from '../run-tool.ts'
import { createDecryptor } from '../sops/decryptor.ts'
import { substitutionOf } from '../substitute/variables.ts'
import { dropHooks } from './drop-hooks.ts'
import type { HelmOptions } from './helm-options.ts'
import { maskValues } from './mask-values.ts'
import { openValues } from './open-values.ts'
import { scanChart } from './scan-chart.ts'
import { splitSources } from './split-sources.ts'
import { findValueFiles } from './value-files.ts'

/** `helm template` of a chart whose dependencies are committed; no cluster, plugin or network. */
export async function renderHelm(
  input: RenderInput,
  options: HelmOptions,
  capabilities: Capabilities,
  { tool, runner }: { readonly tool: string; readonly runner: ToolRunner },
) {
  const { path, namespace, name, render } = input.application
  const root = await input.checkout()
  const problems = await scanChart(root, path)
  if (problems.length > 0) throw problemsError(problems)

  // Words that tell a person where, though values may hold them too.
  const plain = [options.releaseName ?? name, namespace, name, ...path.split('/')]
  const valueFiles = await findValueFiles(root, path, options.valueFiles)
  const decryptor = createDecryptor(render, (secrets) =>
    input.onDecrypted?.(secrets.filter((secret) => !plain.includes(secret.reveal()))),
  )
  const chart = { path, files: valueFiles, values: options.values }
  const { files, values, isDecrypted } = await openValues(root, chart, decryptor)
  const release = releaseName(options.releaseName ?? name)
  const flags = ['template', release, '.', '--namespace', namespace, '--include-crds']
  flags.push('--skip-tests', '--kube-version', capabilities.kubeVersion)
  const apiVersions = capabilities.apiVersions.flatMap((version) => ['--api-versions', version])
  const valuesFrom = (checkout: string) =>
    [...files.map((file) => join(checkout, file)), '-'].flatMap((file) => ['--values', file])
  const { stdout } = await runner.run({
    name: 'helm',
    tool,
    args: (checkout) => [...flags, ...apiVersions, ...valuesFrom(checkout)],
    root,
    cwd: path,
    input: JSON.stringify(values),
    hide: (said) =>
      maskValues(said, {
        root,
        path,
        valueFiles,
        values,
        plain,
      }),
    signal: input.signal,
  })
  const pace = createPace(input.signal)
  const parts: Part[] = []
  for (const { file, text } of splitSources(stdout.toString('utf8'), path)) {
    const read = await readManifests(Buffer.from(text), pace, substitutionOf(render))
    const manifests = dropHooks(read)
    parts.push({ file, lines: 'first', manifests })
  }
  return { ...assemble(parts, namespace), isDecrypted }
}

// helm's own limit, which leaves room for suffixes; a leading dash would be a flag.
function releaseName(name: string): string {
  if (/^[a-z0-9](?:[a-z0-9-]{0,51}[a-z0-9])?$/.test(name)) return name
  const shown = JSON.stringify(name.slice(0, 80))
  throw new StageError('RENDER_REFUSED', `${shown} is no helm release name; set render.releaseName`)
}
