import type { Readable } from 'node:stream'
import { type ChildExit, type Command, startChild } from './child.ts'
import type { Guard } from './guard.ts'

export interface RunLimits {
  readonly signal: AbortSignal
  readonly timeoutMs: number
  readonly maxOutputBytes: number
}

export type ChildOutcome = (
  | ChildExit
  | { readonly kind: 'timedOut' }
  | { readonly kind: 'aborted' }
  | { readonly kind: 'flooded' }
) & {
  readonly stdout: Buffer
  /** The first 64 KiB. */
  readonly stderr: string
}

const stderrLimit = 64 * 1024
// What left the process group and is in no namespace cannot be killed; it holds the pipes open.
const abandonMs = 1000

/** Runs a program to its end, or kills its whole group at the first limit it reaches. */
export async function runChild(
  guard: Guard,
  command: Command,
  limits: RunLimits,
  input?: string | Buffer,
): Promise<ChildOutcome> {
  const empty = { stdout: Buffer.alloc(0), stderr: '' }
  if (limits.signal.aborted) return { kind: 'aborted', ...empty }

  const child = startChild(guard, command)
  let stopped: 'timedOut' | 'aborted' | 'flooded' | undefined
  let abandon: NodeJS.Timeout | undefined
  const stop = (reason: 'timedOut' | 'aborted' | 'flooded') => {
    stopped ??= reason
    child.kill()
    abandon ??= setTimeout(() => {
      child.stdout.destroy()
      child.stderr.destroy()
    }, abandonMs)
  }
  const onAbort = () => stop('aborted')
  const timer = setTimeout(() => stop('timedOut'), limits.timeoutMs)
  limits.signal.addEventListener('abort', onAbort, { once: true })

  const stdout = collect(child.stdout, limits.maxOutputBytes, () => stop('flooded'))
  const stderr = collect(child.stderr, stderrLimit, () => {})
  child.stdin.end(input)
  const exit = await child.exit

  clearTimeout(timer)
  clearTimeout(abandon)
  limits.signal.removeEventListener('abort', onAbort)
  const output = { stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString('utf8') }
  return stopped === undefined ? { ...exit, ...output } : { kind: stopped, ...output }
}

function collect(stream: Readable, limit: number, onFlood: () => void): readonly Buffer[] {
  const chunks: Buffer[] = []
  let size = 0
  stream.on('data', (chunk: Buffer) => {
    const kept = chunk.subarray(0, limit - size)
    if (kept.length < chunk.length) onFlood()
    if (kept.length > 0) chunks.push(kept)
    size += kept.length
  })
  return chunks
}
