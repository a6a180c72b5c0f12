import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'

const systemDirs = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/local/bin']

/** The system's program of that name, if it takes these arguments. */
export function findProgram(name: string, args: readonly string[]): string | undefined {
  return systemDirs.map((dir) => join(dir, name)).find((file) => isUsable(file, args))
}

// busybox has programs of the same name without these options: only a trial tells.
function isUsable(file: string, args: readonly string[]): boolean {
  try {
    accessSync(file, constants.X_OK)
  } catch {
    return false
  }
  return spawnSync(file, args, { env: {}, stdio: 'ignore', timeout: 5000 }).status === 0
}
