import { Command, CommanderError } from 'commander'
import { StageError } from '../domain/error.ts'
import type { CliContext } from './context.ts'
import { printError } from './output.ts'
import { readVersion } from './version.ts'

const usageCode = 2

type Register = (program: Command, ctx: CliContext) => void

// Each is loaded when it is called by its name: a receiver has no use for what `doctor` needs.
const commands: Readonly<Record<string, () => Promise<Register>>> = {
  start: async () => (await import('./start.ts')).registerStart,
  demo: async () => (await import('./demo.ts')).registerDemo,
  local: async () => (await import('./local.ts')).registerLocal,
  validate: async () => (await import('./validate.ts')).registerValidate,
  render: async () => (await import('./render.ts')).registerRender,
  diff: async () => (await import('./diff.ts')).registerDiff,
  status: async () => (await import('./status.ts')).registerStatus,
  history: async () => (await import('./history.ts')).registerHistory,
  sync: async () => (await import('./sync.ts')).registerSync,
  pause: async () => (await import('./pause.ts')).registerPause,
  resume: async () => (await import('./pause.ts')).registerResume,
  adopt: async () => (await import('./adopt.ts')).registerAdopt,
  orphan: async () => (await import('./orphan.ts')).registerOrphan,
  remove: async () => (await import('./remove.ts')).registerRemove,
  witness: async () => (await import('./witness.ts')).registerWitness,
  who: async () => (await import('./who.ts')).registerWho,
  doctor: async () => (await import('./doctor.ts')).registerDoctor,
}

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
  for (const load of commandsFor(argv[0])) (await load())(program, ctx)
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

/** All of them where help is asked for, or a name is not known. */
function commandsFor(name = ''): readonly (() => Promise<Register>)[] {
  const called = Object.hasOwn(commands, name) ? commands[name] : undefined
  return called === undefined ? Object.values(commands) : [called]
}

function codeOf(error: StageError): number {
  return error.code === 'CONFIG_INVALID' ? usageCode : 1
}
