import type { Desired } from '../domain/change.ts'
import type { Drift } from '../domain/drift.ts'
import type { StageError } from '../domain/error.ts'
import type { Inventory, InventoryEntry } from '../domain/inventory.ts'
import { type KubeObject, refKey } from '../domain/kube-object.ts'
import type { Revision } from '../domain/revision.ts'
import { applyWrites, type Written } from './apply-writes.ts'
import { findContention } from './contended.ts'
import { type Candidate, passGate } from './gate.ts'
import { type Healing, healFindings } from './heal.ts'
import { type Finding, inspectDrift, type Judged } from './inspect-drift.ts'
import { confirmed, fenceInventory, unconfirmed, withRecord } from './next-inventory.ts'
import { observe, observeEach } from './observe.ts'
import { pruneObjects } from './prune-objects.ts'
import { decidePrune, type PruneDecision } from './prune-policy.ts'
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
  /** Of a full comparison: these alone, by refKey. undefined: every object. */
  readonly suspects: ReadonlySet<string> | undefined
  /** Not the branch's tip: what a later commit has begun is not undone. */
  readonly isHealOnly: boolean
  readonly judged: Judged
  readonly now: string
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
  const isHealed = target.application.sync.drift === 'heal'
  const heals = isHealed ? seen.findings.filter(({ heal }) => heal !== 'wait') : []
  const planned = await journal.time('gate', () =>
    passGate(target, candidatesOf(split, seen.live), comingBack(heals)),
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
  // Heals first: a namespace that was deleted is there again for what is written into it.
  const { written, healed } = await journal.time('apply', async () => ({
    healed: await healFindings(target, heals, input.judged),
    written: [...(await applyWrites(target, writes)), ...present],
  }))
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
  const stored = await target.cluster.inventory.write(
    target.application.name,
    withRecord(next, journal.record('Running', 'waiting until it is healthy')),
  )

  journal.changes = [...changesOf(split, written), ...pruned.changes, ...keptChanges(prune)]
  journal.drift = [...driftOf(seen.findings, healed), ...unseenDrift(input)]
  return {
    inventory: stored,
    live: liveAfter(seen.live, written, healed),
    failure: failureOf({ written, healed, prune, pruned: pruned.changes }),
    wrote: true,
  }
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
  journal.drift = [...driftOf(seen.findings, []), ...unseenDrift(input)]
  const failure = failureOf({ written: [], healed: [], prune, pruned: [] })
  const { revision } = input
  const inventory = withoutIgnored(input.inventory, split)
  return {
    inventory: failure === undefined ? { ...inventory, revision: revision.sha } : inventory,
    live: seen.live,
    failure,
    wrote: false,
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
