import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'

/**
 * How a child dies with its parent: by the kernel (Linux, util-linux' setpriv), or by a shell that
 * waits for the end of a pipe only the parent holds. The kernel's way reaches the child alone, the
 * pipe's way its whole group. `prlimit` caps what the child may use.
 */
export type Guard =
  | { readonly kind: 'kernel'; readonly setpriv: string; readonly prlimit: string | undefined }
  | { readonly kind: 'pipe' }

export interface Caps {
  readonly memoryBytes: number
  readonly cpuSeconds: number
}

/** For a program that starts others, as git starts its helpers. */
export const groupGuard: Guard = { kind: 'pipe' }

const systemDirs = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/local/bin']

/** For a program that is one process. Asks the machine once; blocks for some milliseconds, so call it while starting. */
export function findGuard(): Guard {
  if (process.platform !== 'linux') return { kind: 'pipe' }
  const setpriv = findSystemTool('setpriv', ['--pdeathsig', 'KILL'])
  if (setpriv === undefined) return { kind: 'pipe' }
  return { kind: 'kernel', setpriv, prlimit: findSystemTool('prlimit', ['--core=0']) }
}

// busybox has tools of the same name without these options: only a trial tells.
function findSystemTool(name: string, args: readonly string[]): string | undefined {
  return systemDirs.map((dir) => join(dir, name)).find((file) => isUsable(file, args))
}

function isUsable(file: string, args: readonly string[]): boolean {
  try {
    accessSync(file, constants.X_OK)
  } catch {
    return false
  }
  return spawnSync(file, [...args, '/bin/sh', '-c', ':'], { env: {}, timeout: 5000 }).status === 0
}

// Fd 4 saves stdin, since a shell gives its background jobs /dev/null. Fd 3 ends with the parent.
const pipeScript = `
exec 4<&0
"$@" <&4 3<&- 4<&- & child=$!
{ read -r _ <&3; kill -KILL 0; } </dev/null >/dev/null 2>&1 4<&- &
exec 3<&- 4<&- </dev/null
wait "$child"
`

/** The argv that runs `argv` under the guard; a pipe guard reads fd 3. */
export function guardedArgv(
  guard: Guard,
  argv: readonly string[],
  caps: Caps | undefined,
): [string, ...string[]] {
  if (guard.kind === 'pipe') return ['/bin/sh', '-c', pipeScript, 'guard', ...argv]
  const limited =
    caps === undefined || guard.prlimit === undefined
      ? argv
      : [
          guard.prlimit,
          `--as=${caps.memoryBytes}`,
          `--cpu=${caps.cpuSeconds}`,
          '--core=0',
          '--',
          ...argv,
        ]
  return [guard.setpriv, '--pdeathsig', 'KILL', '--', ...limited]
}
