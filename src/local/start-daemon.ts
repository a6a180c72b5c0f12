import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { StageError } from '../domain/error.ts'
import { type Guard, guardedArgv } from '../sandbox/guard.ts'
import { type ProcessIdentity, processStart } from './process-identity.ts'

export interface DaemonOptions {
  readonly name: string
  readonly argv: readonly [string, ...string[]]
  readonly cwd: string
  /** Standard output and error are appended to it. */
  readonly logFile: string
  /** How it dies with this process; undefined: it outlives it. */
  readonly guard: Guard | undefined
}

export interface Daemon {
  readonly identity: ProcessIdentity
  readonly logFile: string
  /** Settles with a sentence when the process has ended. Never rejects, keeps nobody alive. */
  readonly ended: Promise<string>
}

/** Starts a program that keeps running, in a session of its own and with an empty environment. */
export function startDaemon({ name, argv, cwd, logFile, guard }: DaemonOptions): Daemon {
  const [file, ...args] = guard === undefined ? argv : guardedArgv(guard, argv)
  const log = openSync(logFile, 'a', 0o600)
  try {
    const child = spawn(file, args, {
      cwd,
      env: { HOME: cwd, PATH: '/usr/bin:/bin' },
      detached: true,
      stdio: ['ignore', log, log, ...(guard === undefined ? [] : (['pipe'] as const))],
    })
    const ended = endOf(child, name)
    letGo(child)
    return { identity: identify(child, name), logFile, ended }
  } finally {
    closeSync(log)
  }
}

function identify({ pid, spawnfile }: ChildProcess, name: string): ProcessIdentity {
  if (pid === undefined) {
    throw new StageError('LOCAL_STACK_FAILED', `${name} could not be started: ${spawnfile}`)
  }
  // One that ended at once has no start any more, and with none never counts as running.
  return { name, pid, started: processStart(pid) ?? '' }
}

function endOf(child: ChildProcess, name: string): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`${name} could not be started: ${error.message}`))
    child.once('exit', (code, signal) => resolve(`${name} ended with ${signal ?? `code ${code}`}`))
  })
}

// A daemon does not keep the process that started it alive, nor its guard when it has ended.
function letGo(child: ChildProcess): void {
  child.unref()
  const pipe = child.stdio[3]
  pipe?.on('error', () => {})
  child.once('exit', () => pipe?.destroy())
  if (pipe !== null && pipe !== undefined && 'unref' in pipe && typeof pipe.unref === 'function') {
    pipe.unref()
  }
}

/** The last lines a program wrote: what a person looks for first. */
export async function logTail(logFile: string): Promise<string> {
  const text = await readFile(logFile, 'utf8').catch(() => '')
  return text.trimEnd().split('\n').slice(-5).join('\n')
}
