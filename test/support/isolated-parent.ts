import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { findGuard } from '../../src/sandbox/guard.ts'
import { isolate } from '../../src/sandbox/isolate.ts'
import type { Isolation } from '../../src/sandbox/isolation.ts'
import { runChild } from '../../src/sandbox/run-child.ts'
import { shellProgram, wideCaps } from './hostile-program.ts'

// Runs a script in isolation, in a folder, until somebody kills this process.
const [isolation = '', root = '', script = ''] = process.argv.slice(2)
const own = join(root, 'own')
await mkdir(own)
const program = { ...shellProgram(script), root, cwd: '.', env: {}, caps: wideCaps }
await runChild(findGuard(), await isolate(JSON.parse(isolation) as Isolation, program, own), {
  signal: new AbortController().signal,
  timeoutMs: 60_000,
  maxOutputBytes: 1000,
})
