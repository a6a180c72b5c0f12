import type { Desired } from '../domain/change.ts'
import { StageError } from '../domain/error.ts'
import type { Inventory } from '../domain/inventory.ts'
import { describeRef, refKey } from '../domain/kube-object.ts'
import type { Written } from './apply-one.ts'
import { type AppliedWrites, applyWrites } from './apply-writes.ts'
import type { HealthTarget } from './await-health.ts'
import { type Healing, healFindings } from './heal.ts'
import type { HookSession } from './hooks/hook-session.ts'
import type { Finding, Judged } from './inspect-drift.ts'
import type { Rollout } from './rollout.ts'
import type { Split } from './split-desired.ts'
import type { PlannedWrite, Target } from './target.ts'

export interface Work {
  readonly desired: readonly Desired[]
  readonly split: Split
  readonly heals: readonly Finding[]
  readonly writes: readonly PlannedWrite[]
  /** undefined: none are due. */
  readonly hooks: HookSession | undefined
  readonly judged: Judged
  readonly rollout: Rollout
}

export interface CarriedOut {
  readonly fence: Inventory
  readonly healed: readonly Healing[]
  readonly applied: AppliedWrites
}

/**
 * Runs the hooks that come first, with no more than the namespaces and CRDs they need in place, then
 * heals and writes. Where a hook fails, nothing else is written.
 */
export async function carryOut(target: Target, work: Work, fence: Inventory): Promise<CarriedOut> {
  const { hooks } = work
  if (hooks?.has('pre-sync') !== true) return { fence, ...(await healAndWrite(target, work)) }
  const homes = work.writes.filter(({ desired }) => hooks.needs(desired))
  const others = work.writes.filter((write) => !homes.includes(write))
  const first = await applyWrites(target, { ...work, writes: homes, standing: new Map() })
  const lacking = first.written.find(({ error }) => error !== undefined)?.error
  const failure = lacking ?? (await hooks.run('pre-sync'))
  if (failure !== undefined) {
    const written = [...first.written, ...others.map((write) => leftOut(write, failure))]
    const unhealthy = lacking === undefined ? failure : undefined
    return { fence, healed: [], applied: { written, unhealthy, isSuperseded: false } }
  }
  // Should this sync be cut off from here on, the next one does not run them again.
  const next = await target.cluster.inventory.write(target.application.name, {
    ...fence,
    hooks: hooks.entries('under-way', fence.hooks),
  })
  const { healed, applied } = await healAndWrite(target, { ...work, writes: others })
  const written = [...first.written, ...applied.written]
  return { fence: next, healed, applied: { ...applied, written } }
}

function leftOut({ desired }: PlannedWrite, cause: StageError): Written {
  const text = `${describeRef(desired.ref)} was not written: ${cause.text}`
  const error = new StageError('APPLY_INCOMPLETE', text, { cause, retry: cause.retry })
  return { desired, action: 'skipped', live: undefined, drift: [], error }
}

/** Heals first: a namespace that was deleted is there again for what is written into it. */
async function healAndWrite(
  target: Target,
  work: Work,
): Promise<{ healed: readonly Healing[]; applied: AppliedWrites }> {
  const healed = await healFindings(target, work.heals, work.judged)
  const standing = standingOf(work.split, healed)
  return { healed, applied: await applyWrites(target, { ...work, standing }) }
}

/** What others may wait for though it needs no write. */
function standingOf(split: Split, healed: readonly Healing[]): Map<string, HealthTarget> {
  const heals = new Map(healed.map(({ finding, live }) => [refKey(finding.desired.ref), live]))
  return new Map(
    [...split.kept, ...split.ahead].map(({ desired: { ref }, entry }) => {
      const applied = heals.get(refKey(ref))
      const generation = applied?.metadata.generation ?? entry.generation
      return [refKey(ref), { ref, generation, applied }] as const
    }),
  )
}
