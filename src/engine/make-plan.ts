import type { Desired } from '../domain/change.ts'
import type { HookEntry, Inventory } from '../domain/inventory.ts'
import { type KubeObject, refKey } from '../domain/kube-object.ts'
import type { Revision } from '../domain/revision.ts'
import { allowedDifferences, scaledKeys } from './allowed.ts'
import type { Written } from './apply-one.ts'
import { findContention } from './contended.ts'
import { type Candidate, passGate } from './gate.ts'
import { areDue, dueHooks, staleEntries, withoutHooks } from './hooks/due-hooks.ts'
import type { Hook } from './hooks/hook.ts'
import { earlyHooks, hookProbes } from './hooks/hook-probes.ts'
import type { HookSession } from './hooks/hook-session.ts'
import { type Finding, inspectDrift, type Judged } from './inspect-drift.ts'
import type { Look } from './look-for.ts'
import { observe, observeEach } from './observe.ts'
import { keepAll, type Leaving, planLeaving, prunes } from './plan-prune.ts'
import type { Rollout } from './rollout.ts'
import { type Split, splitDesired } from './split-desired.ts'
import { endStaleScales } from './stale-scale.ts'
import type { SyncJournal } from './sync-journal.ts'
import type { PlannedWrite, Target } from './target.ts'

/** What a sync wants, and what it knows before it asks the cluster. */
export interface PlanInput {
  readonly syncId: string
  readonly revision: Revision
  readonly desired: readonly Desired[]
  readonly inventory: Inventory
  readonly look: Look
  /** Of a look: these alone, by refKey. undefined: every object. */
  readonly suspects: ReadonlySet<string> | undefined
  /** Not the branch's tip: what a later commit has begun is not undone. */
  readonly isHealOnly: boolean
  readonly judged: Judged
  readonly now: string
  readonly rollout: Rollout
  readonly hooks: readonly Hook[]
  /** A person asked for the sync: hooks that failed are tried again. */
  readonly isAsked: boolean
}

export interface Plan {
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

/** Looks at the cluster, decides what is to be written, and has each write tried by the server. */
export async function makePlan(
  target: Target,
  input: PlanInput,
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
  const written = [...candidates.map(({ desired }) => desired), ...comingBack(heals)]
  const due = areDue(input, candidates.length > 0 || prunes(leaving)) ? input.hooks : []
  const probes = hookProbes(due, written)
  const planned = await journal.time('gate', () =>
    passGate(target, [...candidates, ...probes], {
      coming: [...written, ...earlyHooks(due).map(({ desired }) => desired)],
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
  { isHealOnly, inventory, desired, revision }: PlanInput,
  { removed }: Split,
): Promise<Leaving> {
  if (isHealOnly) return keepAll(removed)
  const allowed = revision.allowsPrune
  return planLeaving(target, { removed, inventory, declared: desired.length, allowed })
}

interface Seen {
  readonly live: ReadonlyMap<string, KubeObject>
  /** `refKey` of those that are as Git wants them. */
  readonly right: readonly string[]
  readonly findings: readonly Finding[]
}

async function look(target: Target, input: PlanInput, split: Split): Promise<Seen> {
  if (input.look === 'none') return { live: new Map(), right: [], findings: [] }
  const isLookedAt = ({ ref }: Desired) => input.suspects?.has(refKey(ref)) !== false
  const looked = input.desired.filter(isLookedAt)
  const refs = looked.map((item) => item.ref)
  const observed = await (input.suspects === undefined ? observe : observeEach)(target, refs)
  const live = await endStaleScales(target, looked, observed)
  const kept = split.kept.filter(({ desired }) => isLookedAt(desired))
  const findings = await inspectDrift(target, {
    kept,
    live,
    judged: input.judged,
    seenAt: input.inventory.history[0]?.finishedAt,
    known: input.inventory.history[0]?.drift.filter((drift) => !drift.healed) ?? [],
    contention: findContention(input.inventory.history, input.now),
    now: input.now,
    isThorough: input.look === 'thorough',
  })
  const found = new Set(findings.map(({ desired }) => desired))
  const right = kept.filter(({ desired }) => !found.has(desired))
  return { live, right: right.map(({ desired }) => refKey(desired.ref)), findings }
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
