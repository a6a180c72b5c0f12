import type { Desired } from '../domain/change.ts'
import type { StageError } from '../domain/error.ts'
import type { Inventory, InventoryEntry } from '../domain/inventory.ts'
import { type KubeObject, refKey } from '../domain/kube-object.ts'
import type { Revision } from '../domain/revision.ts'
import type { Written } from './apply-one.ts'
import { type AppliedWrites, applyWrites } from './apply-writes.ts'
import type { HealthTarget } from './await-health.ts'
import { type Candidate, passGate } from './gate.ts'
import { type Healing, healFindings } from './heal.ts'
import { type Finding, inspectDrift, type Judged } from './inspect-drift.ts'
import { confirmed, fenceInventory, unconfirmed, withRecord } from './next-inventory.ts'
import { observe } from './observe.ts'
import { pruneObjects } from './prune-objects.ts'
import { decidePrune, type PruneDecision } from './prune-policy.ts'
import type { Rollout } from './rollout.ts'
import { type Split, splitDesired } from './split-desired.ts'
import { endStaleScales } from './stale-scale.ts'
import type { SyncJournal } from './sync-journal.ts'
import type { PlannedWrite, Target } from './target.ts'
import { changesOf, driftOf, failureOf, keptChanges } from './tell-changes.ts'

export interface ReconcileInput {
  readonly syncId: string
  readonly revision: Revision
  readonly desired: readonly Desired[]
  readonly inventory: Inventory
  /** Compare every object with the cluster, not only what Git changed. */
  readonly isFull: boolean
  /** Not the branch's tip: what a later commit has begun is not undone. */
  readonly isHealOnly: boolean
  readonly judged: Judged
  readonly now: string
  readonly rollout: Rollout
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
  const { inventory } = input
  const split = splitDesired(input.desired, inventory, input)
  const prune = planPrune(target, input, split)
  const seen = await journal.time('observe', () => look(target, input, split))
  const heals = target.application.sync.drift === 'heal' ? seen.findings : []
  const planned = await journal.time('gate', () =>
    passGate(target, candidatesOf(split, seen.live), {
      healed: comingBack(heals),
      desired: input.desired,
    }),
  )
  const writes = planned.filter((write) => write.reason !== 'present')
  const present = planned.filter((write) => write.reason === 'present').map(leftAlone)
  await input.onPlan({ changes: writes.length > 0 || prune.kind === 'prune' })
  const willWrite = writes.length > 0 || heals.length > 0 || prunes(prune)
  if (!willWrite) return finishUnwritten(input, { split, prune, seen, present }, journal)

  const toWrite = writes.map((write) => write.desired)
  const fence = await target.cluster.inventory.write(
    target.application.name,
    withRecord(
      fenceInventory(inventory, toWrite, input.syncId),
      journal.record('Running', 'syncing'),
    ),
  )
  const { healed, applied } = await journal.time('apply', () =>
    healAndWrite(target, input, { split, heals, writes }),
  )
  const written = [...applied.written, ...present]
  for (const { live } of written) input.judged.delete(live?.metadata.uid ?? '')
  const failed = written.some((result) => result.error !== undefined)
  const pruned = await journal.time('prune', () =>
    pruneAfter(target, prune, { written, split, failed }),
  )
  const left = [...keptEntries(prune, failed), ...pruned.survivors]
  const next = {
    ...fence,
    entries: ownedEntries({ split, written, healed, left }),
    revision: failed ? inventory.revision : input.revision.sha,
  }
  const stored = await target.cluster.inventory.write(target.application.name, next)

  journal.changes = [...changesOf(split, written), ...pruned.changes, ...keptChanges(prune)]
  journal.drift = driftOf(seen.findings, healed)
  return {
    inventory: stored,
    live: liveAfter(seen.live, written, healed),
    failure: failureOf({ ...applied, healed, prune, pruned: pruned.changes }),
    wrote: true,
    isSuperseded: applied.isSuperseded,
  }
}

/** Heals first: a namespace that was deleted is there again for what is written into it. */
async function healAndWrite(
  target: Target,
  { desired, judged, rollout }: ReconcileInput,
  todo: { split: Split; heals: readonly Finding[]; writes: readonly PlannedWrite[] },
): Promise<{ healed: Healing[]; applied: AppliedWrites }> {
  const { split, heals, writes } = todo
  const healed = await healFindings(target, heals, judged)
  const standing = standingOf(split, healed)
  return { healed, applied: await applyWrites(target, { writes, desired, standing, rollout }) }
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

function planPrune(target: Target, input: ReconcileInput, split: Split): PruneDecision {
  if (input.isHealOnly) return keepAll(split.removed)
  return decidePrune({
    inventory: input.inventory.entries,
    removed: split.removed,
    declared: input.desired.length,
    enabled: target.application.sync.prune,
    allowed: input.revision.allowsPrune,
  })
}

interface Seen {
  readonly live: ReadonlyMap<string, KubeObject>
  readonly findings: readonly Finding[]
}

async function look(target: Target, input: ReconcileInput, split: Split): Promise<Seen> {
  if (!input.isFull) return { live: new Map(), findings: [] }
  const observed = await observe(
    target,
    input.desired.map((item) => item.ref),
  )
  const live = await endStaleScales(target, input.desired, observed)
  const findings = await inspectDrift(target, {
    kept: split.kept,
    live,
    judged: input.judged,
    seenAt: input.inventory.history[0]?.finishedAt,
    known: input.inventory.history[0]?.drift.filter((drift) => !drift.healed) ?? [],
    now: input.now,
  })
  return { live, findings }
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

function keepAll(kept: readonly InventoryEntry[]): PruneDecision {
  return kept.length === 0 ? { kind: 'none' } : { kind: 'postponed', kept }
}

function prunes(prune: PruneDecision): boolean {
  return prune.kind === 'prune' && prune.entries.length > 0
}

interface Unwritten {
  readonly split: Split
  readonly prune: PruneDecision
  readonly seen: Seen
  readonly present: readonly Written[]
}

function finishUnwritten(
  input: ReconcileInput,
  { split, prune, seen, present }: Unwritten,
  journal: SyncJournal,
): Reconciled {
  journal.changes = [...changesOf(split, present), ...keptChanges(prune)]
  journal.drift = driftOf(seen.findings, [])
  const failure = failureOf({ written: [], healed: [], prune, pruned: [] })
  const { revision } = input
  const inventory = withoutIgnored(input.inventory, split)
  return {
    inventory: failure === undefined ? { ...inventory, revision: revision.sha } : inventory,
    live: seen.live,
    failure,
    wrote: false,
    isSuperseded: false,
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
  prune: PruneDecision,
  { written, split, failed }: { written: readonly Written[]; split: Split; failed: boolean },
): Promise<Awaited<ReturnType<typeof pruneObjects>>> {
  if (prune.kind !== 'prune' || failed) return { changes: [], survivors: [] }
  const uids = written.flatMap(({ live }) => live?.metadata.uid ?? [])
  const keptUids = split.kept.map(({ entry }) => entry.uid)
  return pruneObjects(target, prune.entries, new Set([...uids, ...keptUids]))
}

function keptEntries(prune: PruneDecision, failed: boolean): readonly InventoryEntry[] {
  if (prune.kind === 'none') return []
  return prune.kind === 'prune' && failed ? [...prune.kept, ...prune.entries] : prune.kept
}

function ownedEntries(input: {
  readonly split: Split
  readonly written: readonly Written[]
  readonly healed: readonly Healing[]
  readonly left: readonly InventoryEntry[]
}): InventoryEntry[] {
  const { split, written, healed, left } = input
  const old = new Map(split.changed.map(({ desired, entry }) => [refKey(desired.ref), entry]))
  const healedByKey = new Map(
    healed.map(({ finding, live }) => [refKey(finding.desired.ref), live] as const),
  )
  return [
    ...written.flatMap(({ desired, action, live, error }) => {
      if (live !== undefined) return action === 'skipped' ? [] : [confirmed(desired, live)]
      const before = old.get(refKey(desired.ref))
      if (before !== undefined) return [before]
      return error === undefined ? [] : [unconfirmed(desired)]
    }),
    ...split.kept.map(({ desired, entry }) => {
      const live = healedByKey.get(refKey(desired.ref))
      return live === undefined ? entry : confirmed(desired, live)
    }),
    ...split.ahead.map(({ entry }) => entry),
    ...left,
  ]
}

function liveAfter(
  seen: ReadonlyMap<string, KubeObject>,
  written: readonly Written[],
  healed: readonly Healing[],
): ReadonlyMap<string, KubeObject> {
  const live = new Map(seen)
  for (const result of written) {
    if (result.live !== undefined) live.set(refKey(result.desired.ref), result.live)
  }
  for (const { finding, live: object } of healed) {
    if (object !== undefined) live.set(refKey(finding.desired.ref), object)
  }
  return live
}
