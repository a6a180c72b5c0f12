import type { InventoryEntry } from '../domain/inventory.ts'
import { type KubeObject, refKey } from '../domain/kube-object.ts'
import type { Written } from './apply-one.ts'
import type { Healing } from './heal.ts'
import type { Plan } from './make-plan.ts'
import { confirmed, unconfirmed } from './next-inventory.ts'
import type { Leaving } from './plan-prune.ts'
import type { PruneDecision } from './prune-policy.ts'
import type { Split } from './split-desired.ts'

/** Of what Git no longer has: what stays owned, pruned objects that survive aside. */
export function leftEntries({ prune, inherited }: Leaving, failed: boolean): InventoryEntry[] {
  const waiting = inherited.flatMap(({ entry, isTaken }) => (isTaken ? [] : [entry]))
  return [...keptEntries(prune, failed), ...waiting]
}

function keptEntries(prune: PruneDecision, failed: boolean): readonly InventoryEntry[] {
  if (prune.kind === 'none') return []
  return prune.kind === 'prune' && failed ? [...prune.kept, ...prune.entries] : prune.kept
}

/** What is owned once all was done that could be. */
export function ownedEntries(input: {
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
      return error === undefined || error.code === 'PLAN_OWNED_BY_OTHER'
        ? []
        : [unconfirmed(desired)]
    }),
    ...split.kept.map(({ desired, entry }) => {
      const live = healedByKey.get(refKey(desired.ref))
      return live === undefined ? entry : confirmed(desired, live)
    }),
    ...split.ahead.map(({ entry }) => entry),
    ...left,
  ]
}

/** `refKey` of what is as Git wants it now, or no longer ours. */
export function rightAfter(
  { inventory, seen }: Pick<Plan, 'inventory' | 'seen'>,
  owned: readonly InventoryEntry[],
  {
    written,
    healed,
  }: { readonly written: readonly Written[]; readonly healed: readonly Healing[] },
): string[] {
  const keys = new Set(owned.map(refKey))
  return [
    ...seen.right,
    ...inventory.entries.map(refKey).filter((key) => !keys.has(key)),
    ...written.flatMap(({ desired, action, error }) =>
      error === undefined && action !== 'skipped' ? [refKey(desired.ref)] : [],
    ),
    ...healed.flatMap(({ finding, live }) =>
      live === undefined ? [] : [refKey(finding.desired.ref)],
    ),
  ]
}

export function liveAfter(
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
