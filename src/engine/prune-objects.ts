import type { Change } from '../domain/change.ts'
import { asStageError, StageError } from '../domain/error.ts'
import type { InventoryEntry } from '../domain/inventory.ts'
import { bareRef, groupKind, type KubeObject, type ObjectRef } from '../domain/kube-object.ts'
import { inTiers } from './apply-order.ts'
import { mapInFlight, requestsInFlight } from './in-flight.ts'
import { judgePruning } from './prune-policy.ts'
import type { Target } from './target.ts'
import { waitForObject } from './wait-for.ts'

export interface PruneResult {
  readonly changes: readonly Change[]
  /** Deletes that failed: they stay in the inventory and are tried again. */
  readonly survivors: readonly InventoryEntry[]
}

const goneWithinMs = 30_000
const crd = 'CustomResourceDefinition.apiextensions.k8s.io'

/** Deletes last-applied tiers first, each object with its uid as precondition. */
export async function pruneObjects(
  target: Target,
  entries: readonly InventoryEntry[],
  written: ReadonlySet<string>,
): Promise<PruneResult> {
  const changes: Change[] = []
  const crdGoes = entries.some((entry) => groupKind(entry) === crd)
  const survivors: InventoryEntry[] = []
  const tiers = inTiers(entries.map((entry) => ({ ref: entry, entry }))).toReversed()
  for (const tier of tiers) {
    target.signal.throwIfAborted()
    const results = await mapInFlight(tier, requestsInFlight, ({ entry }) =>
      pruneOne(target, entry, { written, awaitGone: crdGoes && isCustom(entry) }),
    )
    changes.push(...results)
    for (const [index, result] of results.entries()) {
      const entry = tier[index]?.entry
      if (result.action === 'failed' && entry !== undefined) survivors.push(entry)
    }
  }
  return { changes, survivors }
}

async function pruneOne(
  target: Target,
  entry: InventoryEntry,
  { written, awaitGone }: { written: ReadonlySet<string>; awaitGone: boolean },
): Promise<Change> {
  const change = { ref: bareRef(entry), origin: undefined }
  try {
    target.signal.throwIfAborted()
    const found = await findServed(target, entry)
    const pruning = judgePruning(entry, found?.live, { partOf: target.partOf, written })
    if (found === undefined || pruning.kind === 'gone') {
      return { ...change, action: 'deleted', message: 'was gone already' }
    }
    if (pruning.kind === 'abandon') {
      return {
        ...change,
        action: 'skipped',
        message: `no longer in Git, but kept: ${pruning.reason}`,
      }
    }
    target.signal.throwIfAborted()
    await target.client.remove(found.ref, { uid: pruning.uid, propagation: 'Background' })
    if (awaitGone) await awaitCustomResourceGone(target, found.ref)
    return { ...change, action: 'deleted', message: 'no longer in Git' }
  } catch (error) {
    return { ...change, action: 'failed', message: asStageError(error).text }
  }
}

/** At a version that is still served; undefined: the kind is gone, and all its objects with it. */
async function findServed(
  target: Target,
  entry: InventoryEntry,
): Promise<{ ref: ObjectRef; live: KubeObject | undefined } | undefined> {
  const ref = await servedRef(target, entry)
  if (ref === undefined) return undefined
  try {
    return { ref, live: await target.client.get(ref) }
  } catch (error) {
    // What was known of the kind was out of date; it is not any more.
    const isStale = error instanceof StageError && error.code === 'PLAN_UNKNOWN_KIND'
    if (isStale && (await servedRef(target, entry)) === undefined) return undefined
    throw error
  }
}

async function servedRef(target: Target, entry: InventoryEntry): Promise<ObjectRef | undefined> {
  const { discovery } = target.cluster
  const { group, kind } = entry
  const mapping = (await discovery.find(entry)) ?? (await discovery.find({ group, kind }))
  return mapping === undefined ? undefined : { ...bareRef(entry), version: mapping.version }
}

/** A CRD that goes first would take its objects along, past their finalizers' controllers. */
async function awaitCustomResourceGone(target: Target, ref: ObjectRef): Promise<void> {
  const signal = AbortSignal.any([target.signal, AbortSignal.timeout(goneWithinMs)])
  await waitForObject(target.own, ref, (object) => object === undefined, signal)
}

function isCustom(entry: InventoryEntry): boolean {
  return entry.group.includes('.') && !entry.group.endsWith('.k8s.io')
}
