import { findProgram } from './find-program.ts'

/**
 * How a child dies with its parent: by a shell that waits for the end of a pipe only the parent
 * holds, and ends the whole group then; or by the kernel as well (Linux, util-linux' setpriv). The
 * kernel knows nothing of a parent that was gone before it was asked.
 */
export type Guard =
  | { readonly kind: 'kernel'; readonly setpriv: string }
  | { readonly kind: 'pipe' }

/** For a program that starts others, as git starts its helpers. */
export const groupGuard: Guard = { kind: 'pipe' }

// Without new privileges, no setuid program is of use to a child.
const setprivArgs = ['--no-new-privs', '--pdeathsig', 'KILL', '--']

/** For a program that is one process. Asks the machine once; blocks for some milliseconds, so call it while starting. */
export function findGuard(): Guard {
  if (process.platform !== 'linux') return { kind: 'pipe' }
  const setpriv = findProgram('setpriv', [...setprivArgs, '/bin/sh', '-c', ':'])
  return setpriv === undefined ? { kind: 'pipe' } : { kind: 'kernel', setpriv }
}

// Fd 4 saves stdin, since a shell gives its background jobs /dev/null. Fd 3 ends with the parent.
const pipeScript = `
exec 4<&0
"$@" <&4 3<&- 4<&- & child=$!
{ read -r _ <&3; kill -KILL 0; } </dev/null >/dev/null 2>&1 4<&- &
exec 3<&- 4<&- </dev/null
wait "$child"
`

// Here the child is the group's first process, so that its own exit code and signal are told.
const kernelScript = `
{ read -r _ <&3; kill -KILL 0; } </dev/null >/dev/null 2>&1 &
exec 3<&-
exec "$@"
`

/** The argv that runs `argv` under the guard, which reads fd 3. */
export function guardedArgv(guard: Guard, argv: readonly string[]): [string, ...string[]] {
  return guard.kind === 'pipe'
    ? ['/bin/sh', '-c', pipeScript, 'guard', ...argv]
    : ['/bin/sh', '-c', kernelScript, 'guard', guard.setpriv, ...setprivArgs, ...argv]
}
