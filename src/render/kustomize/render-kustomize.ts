import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { assemble } from '../assemble.ts'
import { createPace } from '../pace.ts'
import { problemsError } from '../problem.ts'
import { inOrder, readManifests } from '../read-manifests.ts'
import type { RenderInput } from '../render.ts'
import type { ToolRunner } from '../run-tool.ts'
import { createDecryptor } from '../sops/decryptor.ts'
import { substitutionOf } from '../substitute/variables.ts'
import { maskLiterals } from './mask-literals.ts'
import { kustomizationNames, scanKustomization } from './scan-kustomization.ts'
import { type SealedFile, unsealing } from './unseal.ts'

/** `kustomize build` as `kubectl apply -k` runs it, without plugins, helm or network. */
export async function renderKustomize(input: RenderInput, tool: string, runner: ToolRunner) {
  const { path, namespace, render } = input.application
  const root = await input.checkout()
  const files = new Set<string>()
  const problems = await scanKustomization(root, path, (file) => files.add(file))
  if (problems.length > 0) throw problemsError(problems)
  const sealed = await openFiles(input, root, files)

  const { stdout, stderr } = await runner.run({
    name: 'kustomize',
    tool,
    args: () => ['build', '--load-restrictor', 'LoadRestrictionsRootOnly', '.'],
    root,
    cwd: path,
    hide: (said) => maskLiterals(said, root),
    signal: input.signal,
  })
  const pace = createPace(input.signal)
  const unseal = sealed.length === 0 ? undefined : unsealing(sealed)
  const change = inOrder(unseal, substitutionOf(render))
  const manifests = await readManifests(stdout, pace, change)
  const file = join(path, await kustomizationName(join(root, path)))
  const { warnings, ...rendered } = assemble([{ file, lines: 'first', manifests }], namespace)
  const isDecrypted = sealed.length > 0
  return { ...rendered, isDecrypted, warnings: [...warnings, ...warningsIn(stderr)] }
}

/** Those that SOPS encrypted. */
async function openFiles(
  { application, onDecrypted }: RenderInput,
  root: string,
  files: ReadonlySet<string>,
): Promise<SealedFile[]> {
  const decryptor = createDecryptor(application.render, (secrets) => onDecrypted?.(secrets))
  const opened: SealedFile[] = []
  for (const file of files) {
    const sealed = await readFile(join(root, file))
    const found = await decryptor.open(file, sealed)
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
