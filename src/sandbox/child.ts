import { type ChildProcess, spawn } from 'node:child_process'
import { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { type Guard, guardedArgv } from './guard.ts'

export interface Command {
  readonly argv: readonly [string, ...string[]]
  readonly cwd: string
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>
}

export interface Child {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** Settles when the child and all that held its output are gone. Never rejects. */
  readonly exit: Promise<ChildExit>
  /** Whether it keeps this process from ending; at first it does. */
  hold(isHeld: boolean): void
  /** SIGKILL for the child and everything it started. */
  kill(): void
}

export type ChildExit =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'killed'; readonly signal: string }
  | { readonly kind: 'unstartable'; readonly error: Error }

/** Starts a program as leader of its own process group, which dies when this process does. */
export function startChild(guard: Guard, command: Command): Child {
  const [file, ...args] = guardedArgv(guard, command.argv)
  const child = spawn(file, args, {
    cwd: command.cwd,
    env: command.env,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  })
  const [stdin, stdout, stderr] = child.stdio
  if (stdin === null || stdout === null || stderr === null) throw new Error('stdio is not piped')
  // A child that exits before it has read its input is told by its exit, not by EPIPE.
  stdin.on('error', () => {})
  child.stdio[3]?.on('error', () => {})
  return {
    stdin,
    stdout,
    stderr,
    exit: exitOf(child),
    hold: (isHeld) => hold(child, isHeld),
    kill: () => killGroup(child.pid),
  }
}

function hold(child: ChildProcess, isHeld: boolean): void {
  for (const part of [child, ...child.stdio]) {
    if (!(part instanceof Socket) && part !== child) continue
    if (isHeld) part.ref()
    else part.unref()
  }
}

function exitOf(child: ChildProcess): Promise<ChildExit> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ kind: 'unstartable', error }))
    // Whatever the child left behind would hold its pipes open.
    child.once('exit', () => {
      child.stdio[3]?.destroy()
      killGroup(child.pid)
    })
    child.once('close', (code, signal) => {
      resolve(code === null ? { kind: 'killed', signal: String(signal) } : { kind: 'exited', code })
    })
  })
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error: unknown) {
    // EPERM is macOS' word for a group of zombies.
    if (!isErrno(error, 'ESRCH') && !isErrno(error, 'EPERM')) throw error
  }
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
