import type { Change, Desired } from '../domain/change.ts'
import type { Drift } from '../domain/drift.ts'
import type { StageError } from '../domain/error.ts'
import type { HookEntry, Inventory } from '../domain/inventory.ts'
import { type KubeObject, refKey } from '../domain/kube-object.ts'
import type { Revision } from '../domain/revision.ts'
import { leftEntries, liveAfter, ownedEntries } from './after-writes.ts'
import { allowedDifferences, scaledKeys } from './allowed.ts'
import type { Written } from './apply-one.ts'
import { carryOut } from './carry-out.ts'
import { findContention } from './contended.ts'
import { type Candidate, passGate } from './gate.ts'
import { inheritedChanges } from './heirs.ts'
import { dueHooks, hookProbes, staleEntries, withoutHooks } from './hooks/due-hooks.ts'
import type { Hook } from './hooks/hook.ts'
import type { HookSession } from './hooks/hook-session.ts'
import { removeStale } from './hooks/make-room.ts'
import { type Finding, inspectDrift, type Judged } from './inspect-drift.ts'
import { fenceInventory, withRecord } from './next-inventory.ts'
import { observe, observeEach } from './observe.ts'
import { keepAll, type Leaving, planLeaving, prunes } from './plan-prune.ts'
import { type PruneResult, pruneObjects } from './prune-objects.ts'
import type { Rollout } from './rollout.ts'
import { type Split, splitDesired } from './split-desired.ts'
import { endStaleScales } from './stale-scale.ts'
import type { SyncJournal } from './sync-journal.ts'
import type { PlannedWrite, Target } from './target.ts'
import { changesOf, driftOf, failureOf, keptChanges, prunedChanges } from './tell-changes.ts'

export interface ReconcileInput {
  readonly syncId: string
  readonly revision: Revision
  readonly desired: readonly Desired[]
  readonly inventory: Inventory
  /** Compare every object with the cluster, not only what Git changed. */
  readonly isFull: boolean
  /** Of a full comparison: these alone, by refKey. undefined: every object. */
  readonly suspects: ReadonlySet<string> | undefined
  /** Not the branch's tip: what a later commit has begun is not undone. */
  readonly isHealOnly: boolean
  readonly judged: Judged
  readonly now: string
  readonly rollout: Rollout
  readonly hooks: readonly Hook[]
  /** A person asked for the sync: hooks that failed are tried again. */
  readonly isAsked: boolean
  /** Told what the plan is before the first write. */
  onPlan(plan: { changes: boolean }): Promise<void>
}

export interface Reconciled {
  readonly inventory: Inventory
  /** The live objects that were written or read, by refKey. */
  readonly live: ReadonlyMap<string, KubeObject>
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
  journal.drift = [...driftOf(seen.findings, healed), ...unseenDrift(input)]
  return {
    inventory: stored,
    live: liveAfter(seen.live, written, healed),
    failure: failureOf({ ...applied, healed, prune: leaving.prune, pruned: pruned.ended }),
    wrote: true,
    isSuperseded: applied.isSuperseded,
    hooks,
    takenFrom: Array.from(new Set(written.flatMap(({ takenFrom }) => takenFrom ?? []))),
  }
}

interface Plan {
  /** As the fence begins with it. */
  readonly inventory: Inventory
  readonly split: Split
  readonly leaving: Leaving
  readonly seen: Seen
  readonly heals: readonly Finding[]
  readonly writes: readonly PlannedWrite[]
  readonly present: readonly Written[]
  /** undefined: none are due. */
  readonly hooks: HookSession | undefined
  /** Of hooks that Git no longer has. */
  readonly stale: readonly HookEntry[]
}

async function makePlan(
  target: Target,
  input: ReconcileInput,
  journal: SyncJournal,
): Promise<Plan> {
  const inventory = withoutHooks(input.inventory, input)
  const split = splitDesired(input.desired, inventory, input)
  const leaving = await planRemoval(target, input, split)
  const seen = await journal.time('observe', () => look(target, input, split))
  journal.allowed = allowedDifferences(target, input.desired, {
    live: seen.live,
    known: journal.allowed,
  })
  const isHealed = target.application.sync.drift === 'heal'
  const heals = isHealed ? seen.findings.filter(({ heal }) => heal !== 'wait') : []
  const candidates = candidatesOf(split, seen.live)
  const probes = hookProbes(input, candidates.length > 0 || prunes(leaving))
  const planned = await journal.time('gate', () =>
    passGate(target, [...candidates, ...probes], {
      healed: comingBack(heals),
      desired: input.desired,
      scaled: scaledKeys(journal.allowed),
    }),
  )
  const probed = new Set(probes.map(({ desired }) => desired))
  const own = planned.filter(({ desired }) => !probed.has(desired))
  const writes = own.filter((write) => write.reason !== 'present')
  const hooks = dueHooks(target, input, writes.length > 0 || prunes(leaving))
  return {
    inventory:
      hooks === undefined
        ? inventory
        : { ...inventory, hooks: hooks.entries('under-way', inventory.hooks) },
    split,
    leaving,
    seen,
    heals,
    writes,
    present: own.filter((write) => write.reason === 'present').map(leftAlone),
    hooks,
    stale:
      target.application.sync.prune && !input.isHealOnly
        ? staleEntries(inventory, input.hooks)
        : [],
  }
}

async function planRemoval(
  target: Target,
  { isHealOnly, inventory, desired, revision }: ReconcileInput,
  { removed }: Split,
): Promise<Leaving> {
  if (isHealOnly) return keepAll(removed)
  const allowed = revision.allowsPrune
  return planLeaving(target, { removed, inventory, declared: desired.length, allowed })
}

interface Seen {
  readonly live: ReadonlyMap<string, KubeObject>
  readonly findings: readonly Finding[]
}

async function look(target: Target, input: ReconcileInput, split: Split): Promise<Seen> {
  if (!input.isFull) return { live: new Map(), findings: [] }
  const isLookedAt = ({ ref }: Desired) => input.suspects?.has(refKey(ref)) !== false
  const looked = input.desired.filter(isLookedAt)
  const refs = looked.map((item) => item.ref)
  const observed = await (input.suspects === undefined ? observe : observeEach)(target, refs)
  const live = await endStaleScales(target, looked, observed)
  const findings = await inspectDrift(target, {
    kept: split.kept.filter(({ desired }) => isLookedAt(desired)),
    live,
    judged: input.judged,
    seenAt: input.inventory.history[0]?.finishedAt,
    known: input.inventory.history[0]?.drift.filter((drift) => !drift.healed) ?? [],
    contention: findContention(input.inventory.history, input.now),
    now: input.now,
  })
  return { live, findings }
}

/** What the last look left unhealed and this one did not look at. */
function unseenDrift({ inventory, suspects }: ReconcileInput): Drift[] {
  const known = inventory.history[0]?.drift ?? []
  return known.filter(({ ref, healed }) => !healed && suspects?.has(refKey(ref)) === false)
}

function candidatesOf(split: Split, live: ReadonlyMap<string, KubeObject>): Candidate[] {
  return [...split.added.map((desired) => ({ desired, entry: undefined })), ...split.changed].map(
    (candidate) => ({ ...candidate, live: live.get(refKey(candidate.desired.ref)) }),
  )
}

/** What heals are about to make again: others may need it. */
function comingBack(heals: readonly Finding[]): Desired[] {
  return heals.flatMap(({ heal, live, desired }) =>
    heal === 'apply' && live === undefined ? [desired] : [],
  )
}

function leftAlone({ desired, live }: PlannedWrite): Written {
  return { desired, action: 'skipped', live, drift: [], error: undefined }
}

function leavingChanges({ prune, inherited }: Leaving): Change[] {
  return [...keptChanges(prune), ...inheritedChanges(inherited)]
}

function finishUnwritten(
  input: ReconcileInput,
  { inventory: before, split, leaving, seen, present }: Plan,
  journal: SyncJournal,
): Reconciled {
  journal.changes = [...changesOf(split, present), ...leavingChanges(leaving)]
  journal.drift = [...driftOf(seen.findings, []), ...unseenDrift(input)]
  const failure = failureOf({ written: [], healed: [], prune: leaving.prune, pruned: [] })
  const { revision } = input
  const inventory = withoutIgnored(before, split)
  return {
    inventory: failure === undefined ? { ...inventory, revision: revision.sha } : inventory,
    live: seen.live,
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
