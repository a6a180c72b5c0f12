import type { Command } from 'commander'
import { type LoadedConfig, loadConfig } from '../config/load-config.ts'
import { formatProblem, type Problem } from '../config/problem.ts'
import type { CliContext } from './context.ts'
import { withOutput } from './instance-option.ts'
import { type OutputFormat, print, safeText } from './output.ts'

type ValidateContext = Pick<CliContext, 'env' | 'cwd' | 'stdout' | 'stderr' | 'exit'>

interface Validated {
  readonly file: string
  readonly loaded: LoadedConfig
}

/** `landfall validate [FILE…]`: exit 0, or 2 where a file has a problem. Needs no instance. */
export function registerValidate(program: Command, ctx: ValidateContext): void {
  const command = program
    .command('validate')
    .description('check configuration files and tell every problem at once')
    .argument('[file...]', 'files to check', ['landfall.yaml'])
  withOutput(command).action(async (files: string[], { output }: { output: OutputFormat }) => {
    const results: Validated[] = []
    for (const file of files) {
      results.push({ file, loaded: await loadConfig({ file, cwd: ctx.cwd, env: ctx.env }) })
    }
    if (output !== 'table') print(ctx, output, results.map(answerOf), () => '')
    else for (const result of results) tell(result, ctx)
    ctx.exit(results.some(({ loaded }) => loaded.kind === 'invalid') ? 2 : 0)
  })
}

function tell({ file, loaded }: Validated, ctx: ValidateContext): void {
  if (loaded.kind === 'invalid') {
    for (const problem of loaded.problems) ctx.stderr.write(lineOf(problem))
  } else {
    const count = loaded.config.applications.size
    ctx.stdout.write(`${file}: ok, ${count} ${count === 1 ? 'application' : 'applications'}\n`)
  }
  for (const warning of loaded.warnings) {
    ctx.stderr.write(lineOf({ ...warning, message: `warning: ${warning.message}` }))
  }
}

function lineOf(problem: Problem): string {
  return `${safeText(formatProblem(problem))}\n`
}

function answerOf({ file, loaded }: Validated) {
  const { warnings } = loaded
  if (loaded.kind === 'invalid') {
    return { file, ok: false, applications: [], problems: loaded.problems, warnings }
  }
  return {
    file,
    ok: true,
    applications: Array.from(loaded.config.applications.keys()),
    problems: [],
    warnings,
  }
}
