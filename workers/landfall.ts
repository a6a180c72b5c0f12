#!/usr/bin/env node
import type { CliContext } from '../src/cli/context.ts'
import { runCli } from '../src/cli/program.ts'
import { readEnv } from '../src/config/env.ts'

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // The first one asks to end in order; a second one ends at once, as if it were not handled.
  process.once(signal, () => stop.abort())
}

const context: CliContext = {
  env: readEnv(),
  cwd: process.cwd(),
  stdout: process.stdout,
  stderr: process.stderr,
  stopped: stop.signal,
  onHangup: (listener) => void process.on('SIGHUP', listener),
  // Loaded by the commands that run one.
  startInstance: async (...args) => (await import('./start-instance.ts')).startInstance(...args),
  exit(code) {
    process.exitCode = code
  },
}

// `landfall history app | head` closes the pipe early; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

await runCli(process.argv.slice(2), context)
// Connections that a library keeps open must not hold the process.
process.exit()
