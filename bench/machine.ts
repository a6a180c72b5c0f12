import { execFile } from 'node:child_process'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { promisify } from 'node:util'
import { readVersion } from '../src/cli/version.ts'
import { readToolPins } from '../src/local/tool-pins.ts'

const run = promisify(execFile)

/** What figures depend on: they compare only with others of the same run. */
export async function describeMachine() {
  const [first] = cpus()
  return {
    cpu: `${cpus().length} × ${first?.model ?? 'unknown'}`,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    load: loadavg()[0] ?? 0,
  }
}

export async function describeVersions(): Promise<Readonly<Record<string, string>>> {
  const { tools } = await readToolPins()
  const pinned = Object.entries(tools).map(([name, { version }]) => [name, version] as const)
  return {
    landfall: readVersion(),
    node: process.version,
    git: await firstLine('git', '--version'),
    redis: await firstLine('redis-server', '--version'),
    ...Object.fromEntries(pinned),
  }
}

async function firstLine(program: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run(program, args)
  return stdout.split('\n')[0] ?? ''
}
