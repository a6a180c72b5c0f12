import { dirname, resolve } from 'node:path'
import type { Role } from '../domain/role.ts'
import type { Config } from '../domain/settings.ts'
import { type Fault, faultsOf } from './explain-issues.ts'
import { formatPath, type Path, type Problem } from './problem.ts'
import { readText } from './read-text.ts'
import { checkRunning } from './resolve/check-running.ts'
import { resolveConfig } from './resolve/resolve-config.ts'
import { LandfallFile } from './schema/landfall-file.ts'
import { readSections } from './sections.ts'
import { readYaml, type YamlDocument } from './yaml-document.ts'

export type LoadedConfig =
  | {
      readonly kind: 'ok'
      readonly config: Config
      readonly warnings: readonly Problem[]
      readonly files: readonly string[]
    }
  | {
      readonly kind: 'invalid'
      /** Every one of them, in the order of the file. Never empty. */
      readonly problems: readonly Problem[]
      readonly warnings: readonly Problem[]
      /** Absolute; the file and all it names: one of them changed, the result may be another. */
      readonly files: readonly string[]
    }

export interface LoadConfigOptions {
  /** Relative to `cwd`; problems name it as it is given here. */
  readonly file: string
  readonly cwd: string
  /** Where `{env: NAME}` is looked up. */
  readonly env: NodeJS.ProcessEnv
  /** Reads only the secrets that this role needs; undefined: all. */
  readonly role?: Role | undefined
  /** What runs: a value that only a restart can change is a problem then. */
  readonly running?: Config | undefined
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
  running,
}: LoadConfigOptions): Promise<LoadedConfig> {
  const absolute = resolve(cwd, file)
  const content = await readText(absolute, largestFile)
  if (content.kind === 'failed') return unreadable(file, absolute, content.reason)
  const document = readYaml(content.text)
  const collector = createCollector(file, absolute, document)
  if (document.data === undefined) {
    if (document.faults.length === 0)
      return unreadable(file, absolute, 'the file is empty, write applications')
    return collector.result(undefined)
  }
  for (const fault of faultsOf(LandfallFile, document.data)) collector.fault(fault)
  const config = await resolveConfig(readSections(document.data), {
    env,
    folder: dirname(absolute),
    findings: collector,
    role,
  })
  if (running !== undefined) checkRunning(running, config, collector)
  return collector.result(config)
}

function unreadable(file: string, absolute: string, message: string): LoadedConfig {
  const problem = { file, line: 1, col: 1, path: '', message }
  return { kind: 'invalid', problems: [problem], warnings: [], files: [absolute] }
}

function createCollector(file: string, absolute: string, document: YamlDocument) {
  const files = new Set([absolute])
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
    dependsOn: (name: string) => void files.add(name),
    result(config: Config | undefined): LoadedConfig {
      const found = { warnings: inOrder(warnings), files: Array.from(files) }
      return config === undefined || problems.size > 0
        ? { kind: 'invalid', problems: inOrder(problems), ...found }
        : { kind: 'ok', config, ...found }
    },
  }
}

function inOrder(problems: ReadonlyMap<string, Problem>): Problem[] {
  return Array.from(problems.values()).toSorted((a, b) => a.line - b.line || a.col - b.col)
}
