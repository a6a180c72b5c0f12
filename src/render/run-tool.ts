import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { StageError } from '../domain/error.ts'
import type { Guard } from '../sandbox/guard.ts'
import type { PrivateDirs } from '../sandbox/private-dirs.ts'
import { type ChildOutcome, runChild } from '../sandbox/run-child.ts'
import { limits } from './limits.ts'
import { stoppedError } from './stopped-error.ts'

/** Runs kustomize or helm on a checkout. */
export interface ToolRunner {
  /** Standard output and error of a run that went well. Throws RENDER_*. */
  run(call: ToolCall): Promise<{ readonly stdout: Buffer; readonly stderr: string }>
}

export interface ToolCall {
  /** kustomize or helm: for messages. */
  readonly name: string
  readonly argv: readonly [string, ...string[]]
  readonly root: string
  /** Below root. */
  readonly cwd: string
  readonly input?: string
  readonly signal: AbortSignal
}

interface ToolRunnerOptions {
  readonly guard: Guard
  readonly temp: PrivateDirs
  readonly timeoutMs: number
}

// Both tools stay far below; Go reserves address space it never uses.
const caps = { memoryBytes: 4 * 1024 ** 3, cpuSeconds: 120 }

// Nothing listens there: a request that a scan overlooked ends at once.
const deadProxy = 'http://127.0.0.1:1'

export function createToolRunner({ guard, temp, timeoutMs }: ToolRunnerOptions): ToolRunner {
  return {
    async run({ name, argv, root, cwd, input, signal }) {
      const own = await temp.make()
      try {
        const tmp = join(own, 'tmp')
        await mkdir(tmp)
        const env = {
          HOME: own,
          TMPDIR: tmp,
          HTTP_PROXY: deadProxy,
          HTTPS_PROXY: deadProxy,
          GOMEMLIMIT: '1GiB',
        }
        const outcome = await runChild(
          guard,
          { argv, cwd: join(root, cwd), env, caps },
          { signal, timeoutMs, maxOutputBytes: limits.bytes },
          input,
        )
        return checked(outcome, { name, signal, timeoutMs, hide: [root, own] })
      } finally {
        await temp.remove(own)
      }
    },
  }
}

function checked(
  outcome: ChildOutcome,
  call: { name: string; signal: AbortSignal; timeoutMs: number; hide: readonly string[] },
): { stdout: Buffer; stderr: string } {
  const { name } = call
  const stderr = shorten(outcome.stderr, call.hide)
  switch (outcome.kind) {
    case 'exited':
      if (outcome.code === 0) return { stdout: outcome.stdout, stderr }
      throw new StageError('RENDER_FAILED', `${name} failed: ${stderr || `exit ${outcome.code}`}`)
    case 'killed':
      throw new StageError('RENDER_FAILED', `${name} was ended by ${outcome.signal}: ${stderr}`)
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

const maxErrorText = 2000

function shorten(stderr: string, hide: readonly string[]): string {
  const bare = hide.reduce(
    (text, dir) => text.replaceAll(`${dir}/`, '').replaceAll(dir, '.'),
    stderr,
  )
  const plain = bare.replace(/[^\P{Cc}\n]/gu, ' ').trim()
  return plain.length <= maxErrorText ? plain : `${plain.slice(0, maxErrorText - 1)}…`
}
