import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { assemble } from '../assemble.ts'
import { createPace } from '../pace.ts'
import { problemsError } from '../problem.ts'
import { readManifests } from '../read-manifests.ts'
import type { RenderInput } from '../render.ts'
import type { ToolRunner } from '../run-tool.ts'
import { substitutionOf } from '../substitute/variables.ts'
import { maskLiterals } from './mask-literals.ts'
import { kustomizationNames, scanKustomization } from './scan-kustomization.ts'

/** `kustomize build` as `kubectl apply -k` runs it, without plugins, helm or network. */
export async function renderKustomize(input: RenderInput, tool: string, runner: ToolRunner) {
  const { path, namespace, render } = input.application
  const root = await input.checkout()
  const problems = await scanKustomization(root, path)
  if (problems.length > 0) throw problemsError(problems)

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
  const manifests = await readManifests(stdout, pace, substitutionOf(render))
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
