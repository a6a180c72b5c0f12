import type { Lease, LeaseStore } from '../../cluster/cluster.ts'
import type { Clock } from '../../domain/clock.ts'
import { asStageError, type StageError } from '../../domain/error.ts'
import { pause, type Timers } from '../timers.ts'
import { isFree, type Observed, observe } from './lease-term.ts'

export interface LeadDeps {
  readonly leases: LeaseStore
  /** Name of the Lease. */
  readonly name: string
  /** Names this process, and no other one. */
  readonly me: string
  readonly clock: Clock
  readonly timers: Timers
  onTrouble(error: StageError): void
  readonly timing?: LeadTiming
}

export interface LeadTiming {
  /** A holder that does not renew for so long has lost it. */
  readonly durationMs: number
  readonly renewMs: number
  /** How often somebody who waits looks. */
  readonly lookMs: number
}

const usual: LeadTiming = { durationMs: 15_000, renewMs: 5_000, lookMs: 5_000 }

/**
 * Runs `work` whenever this process holds the Lease, until the signal aborts; its own signal aborts
 * when the Lease is lost. Work that fails is told and begun again. Two may run for a moment, as with
 * every lease: what they do must bear it.
 */
export async function lead(
  deps: LeadDeps,
  work: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { timers, timing = usual } = deps
  let observed: Observed | undefined
  while (!signal.aborted) {
    try {
      const found = await deps.leases.read(deps.name)
      observed = observe(observed, found, deps.clock.now())
      const taken = isFree(observed, deps) ? await take(deps, found) : undefined
      if (taken !== undefined) await serve(deps, taken, work, signal)
    } catch (error: unknown) {
      deps.onTrouble(asStageError(error))
    }
    await pause(timers, timing.lookMs, signal)
  }
}

function take(
  { leases, name, me, clock, timing = usual }: LeadDeps,
  found: Lease | undefined,
): Promise<Lease | undefined> {
  const now = clock.now()
  return leases.write(name, {
    holder: me,
    renewedAt: now,
    acquiredAt: found?.holder === me ? found.acquiredAt : now,
    durationMs: timing.durationMs,
    transitions: (found?.transitions ?? 0) + (found === undefined || found.holder === me ? 0 : 1),
    resourceVersion: found?.resourceVersion,
  })
}

async function serve(
  deps: LeadDeps,
  taken: Lease,
  work: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const term = new AbortController()
  const until = AbortSignal.any([signal, term.signal])
  const end = () => term.abort()
  const [worked, renewed] = await Promise.allSettled([
    work(until).finally(end),
    renew(deps, taken, until).finally(end),
  ])
  const last = renewed.status === 'fulfilled' ? renewed.value : undefined
  // Whoever waits need not wait for the end of the term.
  if (last !== undefined)
    await deps.leases.write(deps.name, { ...last, holder: '' }).catch(() => {})
  if (worked.status === 'rejected') throw worked.reason
}

/** Renews until the signal aborts; gives the Lease as it was then. undefined: it is lost. */
async function renew(
  deps: LeadDeps,
  taken: Lease,
  signal: AbortSignal,
): Promise<Lease | undefined> {
  const { leases, name, clock, timers, timing = usual } = deps
  let current = taken
  let renewedAt = clock.now()
  for (;;) {
    await pause(timers, timing.renewMs, signal)
    if (signal.aborted) return current
    const now = clock.now()
    try {
      const next = await leases.write(name, { ...current, renewedAt: now })
      if (next === undefined) return undefined
      current = next
      renewedAt = now
    } catch (error: unknown) {
      deps.onTrouble(asStageError(error))
      if (clock.now() - renewedAt >= timing.durationMs) return undefined
    }
  }
}
