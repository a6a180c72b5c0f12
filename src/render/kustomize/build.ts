import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CheckoutContents } from '../../domain/commit-tree.ts'
import { clusterFlags } from '../helm/cluster-flags.ts'
import type { Needed } from '../needed-files.ts'
import type { Capabilities, RenderInput } from '../render.ts'
import type { ToolRunner } from '../run-tool.ts'
import { askForOrigins } from './ask-for-origins.ts'
import { maskLiterals } from './mask-literals.ts'
import { kustomizationNames } from './scan-kustomization.ts'

export interface KustomizeTools {
  readonly tool: string
  readonly helmTool: string | undefined
  readonly runner: ToolRunner
  readonly needed: Needed
  readonly capabilities: Capabilities | undefined
}

export function build(
  { application: { path }, signal }: RenderInput,
  root: string,
  { tool, helmTool, runner, needed, capabilities }: KustomizeTools,
): ReturnType<ToolRunner['run']> {
  return runner.run({
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
    signal,
  })
}

/** The output of a build in which each object bears where it is from; undefined: of none. */
export async function buildWithOrigins(
  input: RenderInput,
  { contents, root }: { readonly contents: CheckoutContents; readonly root: string },
  tools: KustomizeTools,
): Promise<string | undefined> {
  const file = await kustomizationIn(root, input.application.path)
  const asking = askForOrigins(await readFile(join(root, file), 'utf8'))
  if (asking === undefined) return undefined
  const added = new Map([...(contents.added ?? []), [file, Buffer.from(asking)]])
  const { stdout } = await build(input, await input.checkout({ ...contents, added }), tools)
  return stdout.toString('utf8')
}

/** From the root. */
export async function kustomizationIn(root: string, folder: string): Promise<string> {
  const names = await readdir(join(root, folder))
  const name = kustomizationNames.find((one) => names.includes(one)) ?? 'kustomization.yaml'
  return join(folder, name)
}
