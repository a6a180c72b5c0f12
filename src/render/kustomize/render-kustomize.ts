import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { assemble } from '../assemble.ts'
import { clusterFlags } from '../helm/cluster-flags.ts'
import { dropHooks } from '../helm/drop-hooks.ts'
import type { Needed } from '../needed-files.ts'
import { createPace } from '../pace.ts'
import { readManifests } from '../read-manifests.ts'
import type { Capabilities, RenderInput } from '../render.ts'
import type { ToolRunner } from '../run-tool.ts'
import { maskLiterals } from './mask-literals.ts'
import { kustomizationNames } from './scan-kustomization.ts'

interface KustomizeTools {
  readonly tool: string
  readonly helmTool: string | undefined
  readonly runner: ToolRunner
}

/**
 * `kustomize build` as `kubectl apply -k` runs it, without plugins and network, and with helm only
 * where it is wanted. `root` is a checkout that was scanned.
 */
export async function renderKustomize(
  input: RenderInput,
  root: string,
  {
    tool,
    helmTool,
    runner,
    needed,
    capabilities,
  }: KustomizeTools & { readonly needed: Needed; readonly capabilities: Capabilities | undefined },
) {
  const { path, namespace } = input.application
  const { stdout, stderr } = await runner.run({
    name: 'kustomize',
    tool,
    helper: helmTool,
    args: (_, helm) => [
      'build',
      '--load-restrictor',
      'LoadRestrictionsRootOnly',
      ...(helm === '' ? [] : ['--enable-helm', '--helm-command', helm]),
      ...clusterFlags(capabilities, 'helm-'),
      '.',
    ],
    root,
    cwd: path,
    hide: (said) => maskLiterals(said, root, needed.chartValues ?? []),
    signal: input.signal,
  })
  const read = await readManifests(stdout, createPace(input.signal))
  const manifests = helmTool === undefined ? read : dropHooks(read)
  const file = join(path, await kustomizationName(join(root, path)))
  const { warnings, ...rendered } = assemble([{ file, lines: 'first', manifests }], namespace)
  return { ...rendered, warnings: [...warnings, ...warningsIn(stderr)] }
}

async function kustomizationName(folder: string): Promise<string> {
  const names = await readdir(folder)
  return kustomizationNames.find((name) => names.includes(name)) ?? 'kustomization.yaml'
}

const maxWarnings = 10

function warningsIn(stderr: string): string[] {
  const lines = stderr.split('\n').filter((line) => line.startsWith('# Warning: '))
  return lines.slice(0, maxWarnings).map((line) => `kustomize: ${line.slice('# Warning: '.length)}`)
}
