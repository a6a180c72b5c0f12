import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { assemble } from '../assemble.ts'
import { confine } from '../confined-path.ts'
import { clusterFlags } from '../helm/cluster-flags.ts'
import { dropHooks } from '../helm/drop-hooks.ts'
import { settleRenders } from '../helm/settle-renders.ts'
import type { Needed } from '../needed-files.ts'
import { createPace } from '../pace.ts'
import { type Change, inOrder, readManifests } from '../read-manifests.ts'
import type { Capabilities, RenderInput } from '../render.ts'
import type { ToolRunner } from '../run-tool.ts'
import { createDecryptor, type Decryptor } from '../sops/decryptor.ts'
import { substitutionOf } from '../substitute/variables.ts'
import type { Named } from './declarations.ts'
import { createLocateOrigin, type LocateOrigin } from './locate-origin.ts'
import { maskLiterals } from './mask-literals.ts'
import { notingNames, placesOf } from './places-of.ts'
import { readDeclarations } from './read-declarations.ts'
import { kustomizationNames } from './scan-kustomization.ts'
import { type SealedFile, unsealing } from './unseal.ts'

interface KustomizeTools {
  readonly tool: string
  readonly helmTool: string | undefined
  readonly runner: ToolRunner
  readonly needed: Needed
  readonly capabilities: Capabilities | undefined
}

interface BuildTools extends KustomizeTools {
  readonly change: Change
  readonly locate: LocateOrigin
}

/**
 * `kustomize build` as `kubectl apply -k` runs it, without plugins and network, and with helm only
 * where it is wanted. `root` is a checkout that was scanned. With helm it is run twice: what a chart
 * makes otherwise each time is found out so.
 */
export async function renderKustomize(input: RenderInput, root: string, tools: KustomizeTools) {
  const { render } = input.application
  const decryptor = createDecryptor(render, (secrets) => input.onDecrypted?.(secrets))
  const sealed = await openFiles(decryptor, root, tools.needed.known)
  const isDecrypted = sealed.length > 0
  const unseal = isDecrypted ? unsealing(sealed) : undefined
  const change = inOrder(unseal, substitutionOf(render, decryptor.isInSecret))
  const { declaring } = tools.needed
  const declarations = await readDeclarations(root, declaring.files, createPace(input.signal))
  const locate = createLocateOrigin(declaring, declarations)
  const first = await build(input, root, { ...tools, change, locate })
  if (tools.helmTool === undefined) return { ...first, isDecrypted }
  const second = await build(input, root, { ...tools, change, locate })
  const { objects, warnings } = settleRenders(first.objects, [second.objects])
  return { ...first, objects, isDecrypted, warnings: [...first.warnings, ...warnings] }
}

async function build(
  input: RenderInput,
  root: string,
  { tool, helmTool, runner, needed, capabilities, change, locate }: BuildTools,
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
  const named = new Map<number, Named>()
  const noted = notingNames(change, named)
  const read = await readManifests(stdout, createPace(input.signal), noted)
  const manifests = helmTool === undefined ? read : dropHooks(read)
  const elsewhere = { file: join(path, await kustomizationName(join(root, path))), line: 1 }
  const placeOf = placesOf({ text: stdout.toString('utf8'), named }, locate, elsewhere)
  const { warnings, ...rendered } = assemble([{ placeOf, manifests }], namespace)
  return { ...rendered, warnings: [...warnings, ...warningsIn(stderr)] }
}

/** Those that SOPS encrypted. */
async function openFiles(
  decryptor: Decryptor,
  root: string,
  paths: readonly string[],
): Promise<SealedFile[]> {
  const opened: SealedFile[] = []
  for (const path of paths) {
    const target = await confine(root, '', path)
    if (target.kind !== 'inside' || !(await stat(join(root, target.path))).isFile()) continue
    const sealed = await readFile(join(root, target.path))
    const found = await decryptor.open(path, sealed)
    if (found !== undefined) opened.push({ sealed, opened: found })
  }
  return opened
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
