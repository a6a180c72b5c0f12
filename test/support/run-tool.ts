import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

export interface ToolRun {
  readonly code: number | null
  readonly output: string
}

/** Runs a program in a folder and yields its exit code with all it wrote to stdout and stderr. */
export async function runTool(
  cwd: string,
  argv: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv = process.env,
): Promise<ToolRun> {
  const [command, ...args] = argv
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await exited, output: stdout + stderr }
}
