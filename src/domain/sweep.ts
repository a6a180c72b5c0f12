import type { ApplicationRecord } from './application-record.ts'

/** What the sweep does about one application at one tick. */
export type SweepDecision =
  | { readonly kind: 'sweep' }
  | { readonly kind: 'retry' }
  /** Something is wanted, or a pause is not written down: there must be a job for it. */
  | { readonly kind: 'ensure-job' }
  | { readonly kind: 'none' }

interface Swept {
  readonly name: string
  readonly everyMs: number
}

/**
 * Each application has its own place in its interval, by its name, so that many of them never come
 * at once; one that was never swept comes at the next tick.
 */
export function decideSweep(
  application: Swept,
  record: ApplicationRecord,
  now: number,
): SweepDecision {
  if (record.paused !== undefined) return { kind: record.isPauseKept ? 'none' : 'ensure-job' }
  if (record.retryAt !== undefined && record.retryAt <= now) return { kind: 'retry' }
  if (isDue(application, record.sweptAt, now)) return { kind: 'sweep' }
  return record.dirty ? { kind: 'ensure-job' } : { kind: 'none' }
}

function isDue({ name, everyMs }: Swept, sweptAt: number | undefined, now: number): boolean {
  if (sweptAt === undefined) return true
  const offset = hash(name) % everyMs
  const slot = (time: number) => Math.floor((time - offset) / everyMs)
  // Not `>`: after a clock was set back the next sweep must not wait until it has caught up.
  return slot(now) !== slot(sweptAt)
}

/**
 * How long an application goes without the server being asked of each object: an hour or so, not
 * the same for all of them.
 */
export function lookEveryMs(application: string): number {
  return 54 * 60_000 + (hash(application) % (12 * 60_000))
}

/** Milliseconds between ticks: fine enough for the shortest interval. */
export function sweepTickMs(intervalsMs: Iterable<number>): number {
  return Math.max(250, Math.min(5_000, ...Array.from(intervalsMs, (every) => every / 4)))
}

// FNV-1a: the same on every machine and in every version.
function hash(text: string): number {
  let value = 0x811c9dc5
  for (const character of text) {
    value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0
  }
  return value
}
