import { type Command, Option } from 'commander'
import { systemClock } from '../domain/clock.ts'
import { secretsOf } from '../domain/config-secrets.ts'
import { createRedactor } from '../domain/redact.ts'
import { type Role, roles } from '../domain/role.ts'
import type { CliContext } from './context.ts'
import { examine } from './doctor/checks.ts'
import type { Finding } from './doctor/finding.ts'
import { configOption, withOutput } from './instance-option.ts'
import { type OutputFormat, print, safeText, table } from './output.ts'
import { readConfig } from './read-config.ts'
import { findRenderTools } from './render-tools.ts'

interface DoctorOptions {
  readonly config: string
  readonly role?: Role
  readonly output: OutputFormat
}

/** `landfall doctor`: exit 0, or 1 where something is wrong. Needs no instance, changes nothing. */
export function registerDoctor(program: Command, ctx: CliContext): void {
  const command = program
    .command('doctor')
    .description('look at all that Landfall needs, and say what is wrong and how to mend it')
    .addOption(configOption())
    .addOption(new Option('--role <role>', 'look at what this role needs alone').choices(roles))
  withOutput(command).action(async ({ config: file, role, output }: DoctorOptions) => {
    const config = await readConfig(ctx, file, role)
    const redact = createRedactor(secretsOf(config))
    const findings = await examine({
      config,
      env: ctx.env,
      tools: await findRenderTools(ctx.env),
      fetch,
      clock: systemClock,
      role,
      signal: ctx.stopped,
    })
    const told = findings.map((finding) => redacted(finding, redact))
    print(ctx, output, { findings: told }, () => tableOf(told))
    ctx.exit(told.some(({ level }) => level === 'problem') ? 1 : 0)
  })
}

function redacted({ mend, ...finding }: Finding, redact: (text: string) => string): Finding {
  const message = redact(finding.message)
  return { ...finding, message, ...(mend !== undefined && { mend: redact(mend) }) }
}

function tableOf(findings: readonly Finding[]): string {
  const rows = findings.flatMap(({ about, level, message, mend }) => {
    const row = [level, about, safeText(message)]
    return mend === undefined ? [row] : [row, ['', '', `→ ${safeText(mend)}`]]
  })
  return table(rows)
}
