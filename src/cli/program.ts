import { Command, CommanderError } from 'commander'
import { StageError } from '../domain/error.ts'
import { registerAdopt } from './adopt.ts'
import type { CliContext } from './context.ts'
import { registerDemo } from './demo.ts'
import { registerDiff } from './diff.ts'
import { registerDoctor } from './doctor.ts'
import { registerHistory } from './history.ts'
import { registerLocal } from './local.ts'
import { registerOrphan } from './orphan.ts'
import { printError } from './output.ts'
import { registerPause } from './pause.ts'
import { registerRender } from './render.ts'
import { registerStart } from './start.ts'
import { registerStatus } from './status.ts'
import { registerSync } from './sync.ts'
import { registerValidate } from './validate.ts'
import { readVersion } from './version.ts'

const usageCode = 2

/** Runs one command line; what goes wrong is told on stderr and by the exit code. */
export async function runCli(argv: readonly string[], ctx: CliContext): Promise<void> {
  const program = new Command('landfall')
    .description('push to Git, make landfall: a push-triggered deployer for Kubernetes')
    .version(readVersion())
    .exitOverride()
    .configureOutput({
      writeOut: (text) => ctx.stdout.write(text),
      writeErr: (text) => ctx.stderr.write(text),
    })
  for (const register of [
    registerStart,
    registerDemo,
    registerLocal,
    registerValidate,
    registerRender,
    registerDiff,
    registerStatus,
    registerHistory,
    registerSync,
    registerPause,
    registerAdopt,
    registerOrphan,
    registerDoctor,
  ]) {
    register(program, ctx)
  }
  try {
    await program.parseAsync(argv, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) {
      ctx.exit(error.exitCode === 0 ? 0 : usageCode)
      return
    }
    printError(ctx, error)
    ctx.exit(error instanceof StageError && error.stage === 'config' ? codeOf(error) : 1)
  }
}

function codeOf(error: StageError): number {
  return error.code === 'CONFIG_INVALID' ? usageCode : 1
}
