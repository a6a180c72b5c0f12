import { asStageError, StageError } from '../domain/error.ts'
import type { InventoryEntry } from '../domain/inventory.ts'
import {
  bareRef,
  describeRef,
  type KubeObject,
  type ObjectRef,
  refKey,
} from '../domain/kube-object.ts'
import { actOnFresh } from './act-on-fresh.ts'
import { awaitGone } from './await-gone.ts'
import { mapInFlight, requestsInFlight } from './in-flight.ts'
import type { Placed } from './order/order-node.ts'
import { pruneGraph } from './order/prune-graph.ts'
import { runSchedule } from './order/run-schedule.ts'
import { createSchedule } from './order/schedule.ts'
import { judgePruning } from './prune-policy.ts'
import type { InventoryTarget } from './target.ts'

/** What becomes, or became, of one object. kept: it stays in the cluster. */
export interface Ended {
  readonly ref: ObjectRef
  readonly action: 'deleted' | 'kept' | 'gone' | 'failed'
  readonly message: string
}

export interface PruneResult {
  readonly ended: readonly Ended[]
  /** Deletes that failed: they stay in the inventory and are tried again. */
  readonly survivors: readonly InventoryEntry[]
}

const goneWithinMs = 30_000

type Ending = Pick<Ended, 'action' | 'message'>

/** Of an object that somebody else had deleted. */
export const gone: Ending = { action: 'gone', message: 'was gone already' }

/**
 * Deletes each object as it was last looked at and no other, in the reverse of the order of writing:
 * webhook configurations first, what others needed last. What could not be deleted keeps what it needs.
 */
export async function pruneObjects(
  target: InventoryTarget,
  entries: readonly InventoryEntry[],
  cause: PruneCause,
): Promise<PruneResult> {
  const looks = await lookAtPruned(target, entries, cause)
  const byKey = new Map(looks.map((found) => [refKey(found.entry), found]))
  const { nodes, awaited } = pruneGraph(looks.map(placed))
  const ended: Ended[] = []
  const survivors: InventoryEntry[] = []
  await runSchedule(createSchedule(nodes), requestsInFlight, async ({ node, blockedBy }) => {
    target.signal.throwIfAborted()
    const found = byKey.get(node.key)
    if (found === undefined) return blockedBy === undefined ? 'success' : 'failure'
    const ending =
      found.ending ??
      (blockedBy === undefined
        ? await remove(target, found, cause, awaited.has(node.key))
        : stays(byKey.get(blockedBy)))
    ended.push({ ref: bareRef(found.entry), ...ending })
    if (ending.action !== 'failed') return 'success'
    survivors.push(found.entry)
    return 'failure'
  })
  return { ended, survivors }
}

/** Why they go. */
export interface PruneCause {
  readonly reason: string
  /** Uids of what was just written: never deleted under another name. */
  readonly written: ReadonlySet<string>
}

export interface PruneLook {
  readonly entry: InventoryEntry
  readonly live: KubeObject | undefined
  /** Set where it is not to be deleted. */
  readonly ending: Ending | undefined
  /** At a version that is served. */
  readonly ref: ObjectRef
  readonly uid: string
}

/** What would become of each object. */
export function lookAtPruned(
  target: InventoryTarget,
  entries: readonly InventoryEntry[],
  cause: PruneCause,
): Promise<PruneLook[]> {
  return mapInFlight(entries, requestsInFlight, (entry) => look(target, entry, cause))
}

async function look(
  target: InventoryTarget,
  entry: InventoryEntry,
  { written, reason }: PruneCause,
): Promise<PruneLook> {
  target.signal.throwIfAborted()
  const none = { entry, live: undefined, ref: bareRef(entry), uid: '' }
  try {
    const found = await findServed(target, entry)
    const pruning = judgePruning(entry, found?.live, { partOf: target.partOf, written })
    if (found === undefined || pruning.kind === 'gone') {
      return { ...none, ending: gone }
    }
    const { live, ref } = found
    if (pruning.kind === 'delete') return { entry, live, ref, uid: pruning.uid, ending: undefined }
    const message = `${reason}, but kept: ${pruning.reason}`
    return { entry, live, ref, uid: '', ending: { action: 'kept', message } }
  } catch (error) {
    return { ...none, ending: failed(error) }
  }
}

async function remove(
  target: InventoryTarget,
  first: PruneLook,
  cause: PruneCause,
  isAwaited: boolean,
): Promise<Ending> {
  const { client } = target
  const lookAgain = () => look(target, first.entry, cause)
  try {
    return await actOnFresh(target, first, lookAgain, async ({ ref, uid, live, ending }) => {
      if (ending !== undefined) return ending
      const { resourceVersion } = live?.metadata ?? {}
      await client.remove(ref, { uid, resourceVersion, propagation: 'Background' })
      if (isAwaited) await awaitGone(target, ref, { uid, withinMs: goneWithinMs })
      return { action: 'deleted', message: cause.reason }
    })
  } catch (error) {
    return failed(error)
  }
}

function failed(error: unknown): Ending {
  return { action: 'failed', message: asStageError(error).text }
}

function stays(blocker: PruneLook | undefined): Ending {
  const what = blocker === undefined ? 'what needs it' : describeRef(blocker.entry)
  return { action: 'failed', message: `${what} needs it and could not be deleted` }
}

/** Where nothing else is known of it, its names alone. */
function placed({ entry, live }: PruneLook): Placed {
  const { group, version, kind, namespace, name } = entry
  const apiVersion = group === '' ? version : `${group}/${version}`
  return { ref: entry, object: live ?? { apiVersion, kind, metadata: { name, namespace } } }
}

/** At a version that is still served; undefined: the kind is gone, and all its objects with it. */
async function findServed(
  target: InventoryTarget,
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

async function servedRef(
  target: InventoryTarget,
  entry: InventoryEntry,
): Promise<ObjectRef | undefined> {
  const { discovery } = target.cluster
  const { group, kind } = entry
  const mapping = (await discovery.find(entry)) ?? (await discovery.find({ group, kind }))
  return mapping === undefined ? undefined : { ...bareRef(entry), version: mapping.version }
}
