import { mkdir } from 'node:fs/promises'
import { join, posix } from 'node:path'
import type { Command } from './child.ts'
import type { Isolation } from './isolation.ts'
import { checkoutDir, makeJail, tempDir } from './jail.ts'

/** A program, and the one folder of ours that it is to see. */
export interface Program {
  /** Absolute. */
  readonly file: string
  /** Of another program that it may run. */
  readonly helper?: string | undefined
  /** Where the program finds that folder, and the other program: '' where there is none. */
  readonly args: (root: string, helper: string) => readonly string[]
  readonly root: string
  /** Below root. */
  readonly cwd: string
  /** HOME and TMPDIR are added. */
  readonly env: Readonly<Record<string, string>>
  readonly caps: Caps
}

export interface Caps {
  readonly memoryBytes: number
  readonly cpuSeconds: number
  /** Of each file it writes, and of all of them where it has a file system of its own. */
  readonly fileBytes: number
  /** Threads count. Not enforced for root, nor without namespaces. */
  readonly processes: number
}

/** The command that runs it as far isolated as that goes. `own` is a private folder, of this run. */
export async function isolate(
  isolation: Isolation,
  program: Program,
  own: string,
): Promise<Command> {
  if (isolation.kind === 'full') return jailed(isolation, program, own)
  const { file, helper = '', args, root, cwd, env, caps } = program
  const temp = join(own, 'tmp')
  await mkdir(temp)
  const command = limited(isolation, caps, [file, ...args(root, helper)])
  return {
    argv:
      isolation.kind === 'none'
        ? command
        : [isolation.unshare, '-U', ...namespaces, '/bin/sh', '-c', initScript, 'init', ...command],
    cwd: join(root, cwd),
    env: { ...env, HOME: own, TMPDIR: temp },
  }
}

async function jailed(
  isolation: Extract<Isolation, { kind: 'full' }>,
  program: Program,
  own: string,
): Promise<Command> {
  const { args, cwd, env, caps } = program
  const { mount, unshare } = isolation
  const jail = await makeJail(program, own)
  const enter = [unshare, '-U', '-R', jail.root, '-w', posix.join(checkoutDir, cwd), '--'] as const
  const command = limited(isolation, caps, [...enter, jail.file, ...args(checkoutDir, jail.helper)])
  const script = ['/bin/sh', '-c', mountScript, 'init', mount, jail.fstab]
  return {
    argv: [unshare, '-r', '-m', ...namespaces, ...script, ...command],
    cwd: own,
    env: { ...env, HOME: tempDir, TMPDIR: tempDir },
  }
}

type Argv = Command['argv']

// The first process of a process namespace takes all others with it, however they hide.
const namespaces = ['-n', '-i', '-p', '--fork', '--kill-child', '--']

// unshare 2.38 tells no signal that ended its child, and signals do not end a first process.
const initScript = '"$@"; exit $?'
const mountScript = `"$1" -a -T "$2" || exit; shift 2; ${initScript}`

function limited(isolation: Isolation, caps: Caps, argv: Argv): Argv {
  if (isolation.prlimit === undefined) return argv
  const countsProcesses = isolation.kind !== 'none' && isolation.countsProcesses
  return [
    isolation.prlimit,
    `--as=${caps.memoryBytes}`,
    `--cpu=${caps.cpuSeconds}`,
    `--fsize=${caps.fileBytes}`,
    ...(countsProcesses ? [`--nproc=${caps.processes}`] : []),
    '--core=0',
    '--',
    ...argv,
  ]
}
