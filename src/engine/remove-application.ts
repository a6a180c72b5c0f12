import { asStageError, StageError } from '../domain/error.ts'
import type { HookEntry, Inventory, InventoryEntry } from '../domain/inventory.ts'
import { bareRef, refKey } from '../domain/kube-object.ts'
import { removeStale } from './hooks/make-room.ts'
import { mapInFlight, requestsInFlight } from './in-flight.ts'
import { type Ended, gone, lookAtPruned, pruneObjects } from './prune-objects.ts'
import { isPrecious } from './prune-policy.ts'
import { type EndingAt, refuseRunning } from './refuse-running.ts'
import { releaseHooks } from './release-hooks.ts'
import { releaseObject } from './release-object.ts'
import { requireServiceAccount } from './service-account.ts'
import type { InventoryTarget } from './target.ts'

export interface RemovalOptions {
  /** Delete the objects; else all are let go of. */
  readonly prune: boolean
  /** Those of kinds that hold other data, too. */
  readonly data: boolean
}

const cause = { reason: 'its application was removed', written: new Set<string>() }

/** What `removeApplication` would do to each object. Writes nothing. */
export async function planRemoval(
  target: InventoryTarget,
  { entries }: Inventory,
  options: RemovalOptions,
): Promise<Ended[]> {
  await requireServiceAccount(target.own, target.application)
  const { doomed, kept } = divide(entries, options)
  const looks = await lookAtPruned(target, doomed, cause)
  const planned = looks.map(({ entry, ending = { action: 'deleted', message: '' } }): Ended => {
    return { ref: bareRef(entry), ...ending }
  })
  return [...planned, ...kept]
}

/**
 * Ends an application: deletes what it has in the reverse order of writing, or lets go of it, and
 * then its inventory. What could not be done stays in the inventory and is tried again by the next
 * call. Whoever would sync it meanwhile finds it paused. Throws INSTANCE_REFUSED while a sync is under
 * way, or FENCE_LOST.
 */
export async function removeApplication(
  target: InventoryTarget,
  options: RemovalOptions,
  at: EndingAt,
): Promise<Ended[]> {
  const held = await hold(target, at)
  const { doomed, kept } = divide(held.entries, options)
  const pruned = await pruneObjects(target, doomed, cause)
  const removals = await mapInFlight([...pruned.ended, ...kept], requestsInFlight, async (ended) =>
    ended.action === 'kept' ? release(target, ended) : ended,
  )
  const hooks = options.prune
    ? await withoutStale(target, held.hooks)
    : await releaseHooks(target, held.hooks)
  const left = new Set(
    removals.filter(({ action }) => action === 'failed').map(({ ref }) => refKey(ref)),
  )
  await forget(target, {
    ...held,
    entries: held.entries.filter((entry) => left.has(refKey(entry))),
    hooks,
    revision: undefined,
  })
  return removals
}

async function hold(
  { own, application, cluster }: InventoryTarget,
  at: EndingAt,
): Promise<Inventory> {
  await requireServiceAccount(own, application)
  const { name } = application
  const known = await cluster.inventory.read(name)
  refuseRunning(name, known, at)
  const paused = known.paused ?? { by: 'landfall remove', at: at.now }
  return cluster.inventory.write(name, { ...known, paused })
}

function divide(entries: readonly InventoryEntry[], { prune, data }: RemovalOptions) {
  const isDoomed = (entry: InventoryEntry): boolean => prune && (data || !isPrecious(entry))
  const kept = entries.filter((entry) => !isDoomed(entry))
  return {
    doomed: entries.filter(isDoomed),
    kept: kept.map((entry): Ended => {
      const message = prune ? `a ${entry.kind} takes other data with it` : ''
      return { ref: bareRef(entry), action: 'kept', message }
    }),
  }
}

/** What stays is nobody's from now on. */
async function release(target: InventoryTarget, kept: Ended): Promise<Ended> {
  try {
    const outcome = await releaseObject(target, kept.ref)
    return outcome === 'gone' ? { ...kept, ...gone } : kept
  } catch (error) {
    return { ...kept, action: 'failed', message: asStageError(error).text }
  }
}

async function withoutStale(
  target: InventoryTarget,
  hooks: readonly HookEntry[],
): Promise<HookEntry[]> {
  const removed = await removeStale(target, hooks)
  return hooks.filter((entry) => !removed.has(refKey(entry)))
}

/** An inventory that may not be deleted stays, and is empty. */
async function forget({ cluster, application }: InventoryTarget, left: Inventory): Promise<void> {
  const { name } = application
  if (left.entries.length > 0 || left.hooks.length > 0) {
    await cluster.inventory.write(name, left)
    return
  }
  try {
    await cluster.inventory.remove(name, left)
  } catch (error) {
    if (!(error instanceof StageError) || error.code !== 'CLUSTER_FORBIDDEN') throw error
    await cluster.inventory.write(name, left)
  }
}
