import type { Change } from '../domain/change.ts'
import type { Drift } from '../domain/drift.ts'
import type { StageError } from '../domain/error.ts'
import type { Inventory } from '../domain/inventory.ts'
import { type KubeObject, refKey } from '../domain/kube-object.ts'
import { leftEntries, liveAfter, ownedEntries, rightAfter } from './after-writes.ts'
import type { Written } from './apply-one.ts'
import { carryOut } from './carry-out.ts'
import { inheritedChanges } from './heirs.ts'
import type { HookSession } from './hooks/hook-session.ts'
import { removeStale } from './hooks/make-room.ts'
import { makePlan, type Plan, type PlanInput } from './make-plan.ts'
import { fenceInventory, withRecord } from './next-inventory.ts'
import { type Leaving, prunes } from './plan-prune.ts'
import { type PruneResult, pruneObjects } from './prune-objects.ts'
import type { Split } from './split-desired.ts'
import type { SyncJournal } from './sync-journal.ts'
import type { Target } from './target.ts'
import { changesOf, driftOf, failureOf, keptChanges, prunedChanges } from './tell-changes.ts'

export interface ReconcileInput extends PlanInput {
  /** Told what the plan is before the first write. */
  onPlan(plan: { changes: boolean }): Promise<void>
}

export interface Reconciled {
  readonly inventory: Inventory
  /** The live objects that were written or read, by refKey. */
  readonly live: ReadonlyMap<string, KubeObject>
  /** By refKey: what was found or made as Git wants it, or is no longer ours. */
  readonly right: readonly string[]
  /** Set when all that could be done was done and something is still not as Git wants it. */
  readonly failure: StageError | undefined
  readonly wrote: boolean
  /** A newer commit came before all was written. */
  readonly isSuperseded: boolean
  /** Those of the end are still to be run; undefined: none are due. */
  readonly hooks: HookSession | undefined
  /** Applications that have lost an object to this one: their inventories still have it. */
  readonly takenFrom: readonly string[]
}

/**
 * Makes the cluster equal to the desired objects: gate all, fence, write, heal, prune, record what
 * is owned now. Throws before the first write, or FENCE_LOST when another worker took over; after
 * it, what failed is a result.
 */
export async function reconcile(
  target: Target,
  input: ReconcileInput,
  journal: SyncJournal,
): Promise<Reconciled> {
  const plan = await makePlan(target, input, journal)
  const { writes, heals, stale, leaving } = plan
  const isChange = writes.length > 0 || prunes(leaving) || plan.hooks !== undefined
  await input.onPlan({ changes: isChange || leaving.prune.kind === 'prune' })
  const isBehind = leaving.inherited.some(({ isTaken }) => isTaken)
  const willWrite = isChange || heals.length > 0 || stale.length > 0 || isBehind
  return willWrite ? write(target, { input, plan }, journal) : finishUnwritten(input, plan, journal)
}

async function write(
  target: Target,
  { input, plan }: { readonly input: ReconcileInput; readonly plan: Plan },
  journal: SyncJournal,
): Promise<Reconciled> {
  const { inventory, split, leaving, seen, hooks } = plan
  const toWrite = plan.writes.map(({ desired }) => desired)
  const begun = await target.cluster.inventory.write(
    target.application.name,
    withRecord(
      fenceInventory(inventory, toWrite, input.syncId),
      journal.record('Running', 'syncing'),
    ),
  )
  const { fence, healed, applied } = await journal.time('apply', () =>
    carryOut(target, { ...input, ...plan }, begun),
  )
  const written = [...applied.written, ...plan.present]
  for (const { live } of written) input.judged.delete(live?.metadata.uid ?? '')
  const failed = applied.unhealthy !== undefined || written.some(({ error }) => error !== undefined)
  const pruned = await journal.time('prune', () => pruneAfter(target, plan, { written, failed }))
  const left = [...leftEntries(leaving, failed), ...pruned.survivors]
  const next = {
    ...fence,
    entries: ownedEntries({ split, written, healed, left }),
    hooks: fence.hooks.filter((entry) => !pruned.hooks.has(refKey(entry))),
    revision: failed ? inventory.revision : input.revision.sha,
  }
  const stored = await target.cluster.inventory.write(
    target.application.name,
    withRecord(next, journal.record('Running', 'waiting until it is healthy')),
  )

  journal.changes = [
    ...changesOf(split, written),
    ...prunedChanges(pruned.ended),
    ...leavingChanges(leaving),
  ]
  journal.drift = [...driftOf(seen.findings, healed), ...unseenDrift(input, written)]
  return {
    inventory: stored,
    live: liveAfter(seen.live, written, healed),
    right: rightAfter(plan, next.entries, { written, healed }),
    failure: failureOf({ ...applied, healed, prune: leaving.prune, pruned: pruned.ended }),
    wrote: true,
    isSuperseded: applied.isSuperseded,
    hooks,
    takenFrom: Array.from(new Set(written.flatMap(({ takenFrom }) => takenFrom ?? []))),
  }
}

/** What the last look left unhealed, and this sync neither looked at nor wrote. */
function unseenDrift(
  { inventory, look, suspects, desired }: ReconcileInput,
  written: readonly Written[],
): Drift[] {
  const wanted = new Set(desired.map(({ ref }) => refKey(ref)))
  const done = new Set(written.map((one) => refKey(one.desired.ref)))
  const isUnseen = (key: string) =>
    wanted.has(key) && !done.has(key) && !(look !== 'none' && suspects?.has(key) !== false)
  const known = inventory.history[0]?.drift ?? []
  return known.filter(({ ref, healed }) => !healed && isUnseen(refKey(ref)))
}

function leavingChanges({ prune, inherited }: Leaving): Change[] {
  return [...keptChanges(prune), ...inheritedChanges(inherited)]
}

function finishUnwritten(input: ReconcileInput, plan: Plan, journal: SyncJournal): Reconciled {
  const { inventory: before, split, leaving, seen, present } = plan
  journal.changes = [...changesOf(split, present), ...leavingChanges(leaving)]
  journal.drift = [...driftOf(seen.findings, []), ...unseenDrift(input, [])]
  const failure = failureOf({ written: [], healed: [], prune: leaving.prune, pruned: [] })
  const { revision } = input
  const inventory = withoutIgnored(before, split)
  return {
    inventory: failure === undefined ? { ...inventory, revision: revision.sha } : inventory,
    live: seen.live,
    right: rightAfter(plan, inventory.entries, { written: [], healed: [] }),
    failure,
    wrote: false,
    isSuperseded: false,
    hooks: undefined,
    takenFrom: [],
  }
}

/** What is to be ignored from now on is no longer ours to prune. */
function withoutIgnored(inventory: Inventory, { ignored }: Split): Inventory {
  const keys = new Set(ignored.map(({ ref }) => refKey(ref)))
  return { ...inventory, entries: inventory.entries.filter((entry) => !keys.has(refKey(entry))) }
}

/** Nothing is deleted in a sync in which a write failed: Git's new home of it may not stand yet. */
async function pruneAfter(
  target: Target,
  { leaving: { prune }, split, stale }: Plan,
  { written, failed }: { readonly written: readonly Written[]; readonly failed: boolean },
): Promise<PruneResult & { readonly hooks: ReadonlySet<string> }> {
  if (failed) return { ended: [], survivors: [], hooks: new Set() }
  const hooks = await removeStale(target, stale)
  if (prune.kind !== 'prune') return { ended: [], survivors: [], hooks }
  const uids = written.flatMap(({ live }) => live?.metadata.uid ?? [])
  const keptUids = split.kept.map(({ entry }) => entry.uid)
  const pruned = await pruneObjects(target, prune.entries, {
    reason: 'no longer in Git',
    written: new Set([...uids, ...keptUids]),
  })
  return { ...pruned, hooks }
}
