import { type LoadedConfig, loadConfig } from '../config/load-config.ts'
import { formatProblem } from '../config/problem.ts'
import type { Application } from '../domain/application.ts'
import { StageError } from '../domain/error.ts'
import type { Role } from '../domain/role.ts'
import type { Config } from '../domain/settings.ts'
import type { CliContext } from './context.ts'

/**
 * The configuration, or CONFIG_INVALID with every problem; warnings go to stderr. For one role,
 * secrets of the other are neither needed nor read.
 */
export async function readConfig(ctx: CliContext, file: string, role?: Role): Promise<Config> {
  return acceptConfig(ctx, file, await loadConfig({ file, cwd: ctx.cwd, env: ctx.env, role }))
}

/** The same of one that is loaded. */
export function acceptConfig(ctx: CliContext, file: string, loaded: LoadedConfig): Config {
  for (const warning of loaded.warnings) {
    ctx.stderr.write(`${formatProblem({ ...warning, message: `warning: ${warning.message}` })}\n`)
  }
  if (loaded.kind === 'ok') return loaded.config
  const subjects = loaded.problems.map((problem) => ({ message: formatProblem(problem) }))
  throw new StageError('CONFIG_INVALID', `${file} has ${subjects.length} problem(s)`, { subjects })
}

export function findApplication(config: Config, name: string): Application {
  const application = config.applications.get(name)
  if (application !== undefined) return application
  const known = [...config.applications.keys()].join(', ')
  throw new StageError(
    'CONFIG_INVALID',
    `no application ${name} is configured; there are: ${known}`,
  )
}
