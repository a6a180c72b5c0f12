import type { HookEntry } from '../../domain/inventory.ts'
import { bareRef, type KubeObject, type ObjectRef, refKey } from '../../domain/kube-object.ts'
import { awaitGone } from '../await-gone.ts'
import { partOfLabel } from '../place-objects.ts'
import { ourEntry } from '../seal.ts'
import type { InventoryTarget, Target } from '../target.ts'
import { runAnnotation } from './hook.ts'

const goneWithinMs = 60_000

/** Whether a sync of this application made it: as a hook, or as the object that it was before. */
export function isOwn({ partOf }: Pick<Target, 'partOf'>, live: KubeObject): boolean {
  return live.metadata.labels?.[partOfLabel] === partOf && ourEntry(live) !== undefined
}

/**
 * Deletes what a run left and waits until it is gone, pods and all: no two runs of a hook are under
 * way at once. Throws OBJECT_TERMINATING when something holds it.
 */
export async function removeRun(target: Target, ref: ObjectRef, live: KubeObject): Promise<void> {
  const uid = live.metadata.uid ?? ''
  const propagation = ref.kind === 'Job' ? 'Foreground' : 'Background'
  await target.client.remove(ref, { uid, propagation })
  await awaitGone(target, ref, { uid, withinMs: goneWithinMs })
}

/** Deletes what is left of hooks that Git no longer has. Gives the `refKey`s of those it could. */
export async function removeStale(
  target: InventoryTarget,
  stale: readonly HookEntry[],
): Promise<ReadonlySet<string>> {
  const removed = new Set<string>()
  for (const entry of stale) {
    target.signal.throwIfAborted()
    try {
      const ref = bareRef(entry)
      const live = await target.client.get(ref)
      const isHook = live?.metadata.annotations?.[runAnnotation] !== undefined
      if (live !== undefined && isHook && isOwn(target, live)) {
        const uid = live.metadata.uid ?? ''
        await target.client.remove(ref, { uid, propagation: 'Background' })
      }
      removed.add(refKey(entry))
    } catch {
      // It harms nobody: the next sync tries again.
    }
  }
  return removed
}
