import { dirname, resolve } from 'node:path'
import type { Role } from '../domain/role.ts'
import type { Config } from '../domain/settings.ts'
import { type Fault, faultsOf } from './explain-issues.ts'
import { formatPath, type Path, type Problem } from './problem.ts'
import { readText } from './read-text.ts'
import { resolveConfig } from './resolve/resolve-config.ts'
import { LandfallFile } from './schema/landfall-file.ts'
import { readSections } from './sections.ts'
import { readYaml, type YamlDocument } from './yaml-document.ts'

export type LoadedConfig =
  | { readonly kind: 'ok'; readonly config: Config; readonly warnings: readonly Problem[] }
  | {
      readonly kind: 'invalid'
      /** Every one of them, in the order of the file. Never empty. */
      readonly problems: readonly Problem[]
      readonly warnings: readonly Problem[]
    }

export interface LoadConfigOptions {
  /** Relative to `cwd`; problems name it as it is given here. */
  readonly file: string
  readonly cwd: string
  /** Where `{env: NAME}` is looked up. */
  readonly env: NodeJS.ProcessEnv
  /** Reads only the secrets that this role needs; undefined: all. */
  readonly role?: Role | undefined
}

const largestFile = 1024 * 1024

/**
 * Reads one landfall.yaml and the secrets it names. Whatever is wrong with them is a problem, all
 * of them at once; it throws for nothing in the file. It changes nothing and may be called again.
 */
export async function loadConfig({
  file,
  cwd,
  env,
  role,
}: LoadConfigOptions): Promise<LoadedConfig> {
  const absolute = resolve(cwd, file)
  const content = await readText(absolute, largestFile)
  if (content.kind === 'failed') return unreadable(file, content.reason)
  const document = readYaml(content.text)
  const collector = createCollector(file, document)
  if (document.data === undefined) {
    if (document.faults.length === 0)
      return unreadable(file, 'the file is empty, write applications')
    return collector.result(undefined)
  }
  for (const fault of faultsOf(LandfallFile, document.data)) collector.fault(fault)
  const config = await resolveConfig(readSections(document.data), {
    env,
    folder: dirname(absolute),
    findings: collector,
    role,
  })
  return collector.result(config)
}

function unreadable(file: string, message: string): LoadedConfig {
  return { kind: 'invalid', problems: [{ file, line: 1, col: 1, path: '', message }], warnings: [] }
}

function createCollector(file: string, document: YamlDocument) {
  const problems = new Map<string, Problem>()
  const warnings = new Map<string, Problem>()

  // A value under `defaults` is looked at once for each application.
  function add(to: Map<string, Problem>, { path, at, message }: Fault): void {
    const position = at === 'key' ? document.locateKey(path) : document.locate(path)
    const problem = { file, ...position, path: formatPath(path), message }
    to.set(JSON.stringify(problem), problem)
  }

  for (const { path, message, line, col } of document.faults) {
    const problem = { file, line, col, path: formatPath(path), message }
    problems.set(JSON.stringify(problem), problem)
  }

  return {
    fault: (fault: Fault) => add(problems, fault),
    problem: (path: Path, message: string) => add(problems, { path, at: 'value', message }),
    warning: (path: Path, message: string) => add(warnings, { path, at: 'value', message }),
    result(config: Config | undefined): LoadedConfig {
      const sorted = { problems: inOrder(problems), warnings: inOrder(warnings) }
      return config === undefined || sorted.problems.length > 0
        ? { kind: 'invalid', ...sorted }
        : { kind: 'ok', config, warnings: sorted.warnings }
    },
  }
}

function inOrder(problems: ReadonlyMap<string, Problem>): Problem[] {
  return Array.from(problems.values()).toSorted((a, b) => a.line - b.line || a.col - b.col)
}
