import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Builds a checkout as it is shipped; the program's path. */
export async function builtProgram(checkout: string): Promise<string> {
  await promisify(execFile)('npm', ['run', '-s', 'build'], { cwd: checkout })
  return join(checkout, 'dist/workers/landfall.js')
}
