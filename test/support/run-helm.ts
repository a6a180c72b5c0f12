import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { rendererTools } from './tools.ts'

const run = promisify(execFile)

/** The pinned helm, as a person runs it. */
export async function runHelm(args: readonly string[], cwd?: string): Promise<string> {
  const { helm } = await rendererTools()
  const home = await mkdtemp(join(tmpdir(), 'landfall-test-'))
  try {
    const { stdout } = await run(helm, [...args], {
      cwd,
      env: { HOME: home, PATH: '/usr/bin:/bin' },
    })
    return stdout
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}
