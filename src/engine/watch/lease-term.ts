import type { Lease } from '../../cluster/cluster.ts'

/** A Lease, and since when (by our own clock) it stands as it does. */
export interface Observed {
  readonly lease: Lease | undefined
  readonly since: number
}

/**
 * Others' clocks are not trusted: a term ends when nobody has renewed it for its whole length while
 * we looked on, as client-go's leader election has it.
 */
export function observe(
  before: Observed | undefined,
  lease: Lease | undefined,
  now: number,
): Observed {
  const isSame = before !== undefined && before.lease?.resourceVersion === lease?.resourceVersion
  return { lease, since: isSame ? before.since : now }
}

/** Whether `me` may take it. */
export function isFree(
  { lease, since }: Observed,
  { me, clock }: { readonly me: string; readonly clock: { now(): number } },
): boolean {
  if (lease === undefined || lease.holder === '' || lease.holder === me) return true
  return clock.now() - since >= lease.durationMs
}
