import { StageError } from '../domain/error.ts'
import { findIsolation } from '../sandbox/find-isolation.ts'
import type { Guard } from '../sandbox/guard.ts'
import { isolate } from '../sandbox/isolate.ts'
import type { Isolation } from '../sandbox/isolation.ts'
import { checkoutDir } from '../sandbox/jail.ts'
import type { PrivateDirs } from '../sandbox/private-dirs.ts'
import { type ChildOutcome, runChild } from '../sandbox/run-child.ts'
import { limits } from './limits.ts'
import { stoppedError } from './stopped-error.ts'

/** The tool itself gave up on what it was given. */
export class ToolExitError extends StageError {}

/** Runs kustomize or helm on a checkout. */
export interface ToolRunner {
  /** Standard output and error of a run that went well. Throws RENDER_*. */
  run(call: ToolCall): Promise<{ readonly stdout: Buffer; readonly stderr: string }>
}

export interface ToolCall {
  /** kustomize or helm: for messages. */
  readonly name: string
  /** Absolute path of the program. */
  readonly tool: string
  /** Of another that it may run. */
  readonly helper?: string | undefined
  /** Where the program finds the checkout, and the other program. */
  readonly args: (root: string, helper: string) => readonly string[]
  readonly root: string
  /** Below root. */
  readonly cwd: string
  readonly input?: string
  /** Of what it said when it failed, what may be told. */
  readonly hide?: (said: string) => Promise<string>
  readonly signal: AbortSignal
}

interface ToolRunnerOptions {
  readonly guard: Guard
  /** Left out: what the machine grants, found at the first run. */
  readonly isolation: Isolation | undefined
  readonly temp: PrivateDirs
  readonly timeoutMs: number
}

// Both tools stay far below; Go reserves address space it never uses.
const caps = {
  memoryBytes: 4 * 1024 ** 3,
  cpuSeconds: 120,
  fileBytes: 64 * 1024 ** 2,
  processes: 512,
}

// Nothing listens there: a request that a scan overlooked ends at once.
const deadProxy = 'http://127.0.0.1:1'

const env = { HTTP_PROXY: deadProxy, HTTPS_PROXY: deadProxy, GOMEMLIMIT: '1GiB' }

export function createToolRunner(options: ToolRunnerOptions): ToolRunner {
  const { guard, temp, timeoutMs } = options
  let isolation: Promise<Isolation> | undefined

  function isolationInForce(): Promise<Isolation> {
    const given = options.isolation
    isolation ??= given === undefined ? findIsolation(guard, temp) : Promise.resolve(given)
    // What could not be tried, on a disk that is full, is tried again.
    isolation.catch(() => {
      isolation = undefined
    })
    return isolation
  }

  return {
    async run({ name, tool, helper, args, root, cwd, input, hide, signal }) {
      const own = await temp.make()
      try {
        const program = { file: tool, helper, args, root, cwd, env, caps }
        const command = await isolate(await isolationInForce(), program, own)
        const limit = { signal, timeoutMs, maxOutputBytes: limits.bytes }
        const outcome = await runChild(guard, command, limit, input)
        const isWell = outcome.kind === 'exited' && outcome.code === 0
        const said = isWell || hide === undefined ? outcome.stderr : await hide(outcome.stderr)
        const stderr = shorten(said, [root, own, checkoutDir])
        return checked(outcome, { name, signal, timeoutMs, stderr })
      } catch (error: unknown) {
        throw isFullDisk(error) ? fullDiskError(name, error) : error
      } finally {
        await temp.remove(own)
      }
    },
  }
}

function isFullDisk(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && ['ENOSPC', 'EDQUOT'].includes(String(error.code))
  )
}

/** The commit is not at fault: it is tried again. */
function fullDiskError(name: string, cause: unknown): StageError {
  const text = `${name}: the disk under dataDir is full; free some space`
  return new StageError('RENDER_FAILED', text, { cause, retry: { kind: 'backoff' } })
}

function checked(
  outcome: ChildOutcome,
  call: { name: string; signal: AbortSignal; timeoutMs: number; stderr: string },
): { stdout: Buffer; stderr: string } {
  const { name, stderr } = call
  switch (outcome.kind) {
    case 'exited':
      if (outcome.code === 0) return { stdout: outcome.stdout, stderr }
      throw exitError(name, outcome.code, stderr)
    case 'killed':
      throw endedError(name, outcome.signal, stderr)
    case 'timedOut':
      throw new StageError('RENDER_TIMEOUT', `${name} ran longer than ${call.timeoutMs} ms`)
    case 'flooded':
      throw new StageError('RENDER_LIMIT', `${name} wrote more than ${limits.bytes} bytes`)
    case 'aborted':
      throw stoppedError(call.signal.reason)
    case 'unstartable':
      throw new StageError('TOOL_MISSING', `${name} cannot be started`, { cause: outcome.error })
  }
}

function exitError(name: string, code: number, stderr: string): StageError {
  if (/no space left on device|disk quota exceeded/i.test(stderr)) {
    return fullDiskError(name, new Error(stderr))
  }
  // A shell says 128 and the signal's number.
  if (code > 128) return endedError(name, `signal ${code - 128}`, stderr)
  return new ToolExitError('RENDER_FAILED', `${name} failed: ${stderr || `exit ${code}`}`)
}

function endedError(name: string, signal: string, stderr: string): StageError {
  const text = `${name} was ended by ${signal}, most likely at a limit of its memory or time`
  return new StageError('RENDER_FAILED', stderr === '' ? text : `${text}: ${stderr}`)
}

const maxErrorText = 2000

function shorten(stderr: string, hide: readonly string[]): string {
  const bare = hide.reduce(
    (text, dir) => text.replaceAll(`${dir}/`, '').replaceAll(dir, '.'),
    stderr,
  )
  const plain = bare.replace(/[^\P{Cc}\n]/gu, ' ').trim()
  return plain.length <= maxErrorText ? plain : `${plain.slice(0, maxErrorText - 1)}…`
}
