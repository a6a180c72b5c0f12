import type { CliContext } from '../../src/cli/context.ts'
import { runCli } from '../../src/cli/program.ts'

/** What `--help` says of one command. */
export interface CommandHelp {
  readonly subcommands: readonly string[]
  readonly flags: readonly string[]
}

/** Every command of the program by its words, such as `local up`; '' is the program itself. */
export async function readCliHelp(): Promise<ReadonlyMap<string, CommandHelp>> {
  const known = new Map<string, CommandHelp>()
  const read = async (words: readonly string[]): Promise<void> => {
    const help = parseHelp(await helpOf(words))
    known.set(words.join(' '), help)
    for (const name of help.subcommands) await read([...words, name])
  }
  await read([])
  return known
}

async function helpOf(words: readonly string[]): Promise<string> {
  let help = ''
  const stdout = { write: (text: string) => (help += text) }
  const unused = () => Promise.reject(new Error('help starts nothing'))
  await runCli([...words, '--help'], {
    env: {},
    cwd: process.cwd(),
    stdout: stdout as unknown as NodeJS.WriteStream, // -- help is only ever written
    stderr: stdout as unknown as NodeJS.WriteStream, // -- as above
    stopped: new AbortController().signal,
    onHangup: () => {},
    startInstance: unused,
    exit: () => {},
  } satisfies CliContext)
  return help
}

function parseHelp(help: string): CommandHelp {
  const [options = '', commands = ''] = help.split('\nCommands:\n')
  const names = Array.from(commands.matchAll(/^ {2}([a-z]+)/gm), (match) => match[1] ?? '')
  const rows = Array.from(options.matchAll(/^ {2}(-.*?)(?: {2,}|$)/gm), (match) => match[1] ?? '')
  return {
    subcommands: names.filter((name) => name !== 'help'),
    flags: rows.flatMap((row) => row.match(/(?<=^|\s)--?[a-zA-Z][a-z-]*/g) ?? []),
  }
}
