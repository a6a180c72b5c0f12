// `landfall local …` as a program of its own: node test/support/local-cli.ts up -o json
import { Command } from 'commander'
import { registerLocal } from '../../src/cli/local.ts'
import { printError } from '../../src/cli/output.ts'

const { stdout, stderr, env } = process
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())

const program = new Command()
registerLocal(program, {
  env,
  cwd: process.cwd(),
  stdout,
  stderr,
  stopped: stop.signal,
  exit: (code) => {
    process.exitCode = code
  },
})
try {
  await program.parseAsync(['local', ...process.argv.slice(2)], { from: 'user' })
} catch (error: unknown) {
  printError({ stderr }, error)
  process.exitCode = 1
}
