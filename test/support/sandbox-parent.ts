import type { Guard } from '../../src/sandbox/guard.ts'
import { runChild } from '../../src/sandbox/run-child.ts'

// Runs a script under a guard until somebody kills this process.
const [guard = '', script = ''] = process.argv.slice(2)
await runChild(
  JSON.parse(guard) as Guard,
  { argv: ['/bin/sh', '-c', script], cwd: '/', env: { PATH: '/usr/bin:/bin' } },
  { signal: new AbortController().signal, timeoutMs: 60_000, maxOutputBytes: 1000 },
)
