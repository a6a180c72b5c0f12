import { StageError } from '../../domain/error.ts'
import type { HookEntry } from '../../domain/inventory.ts'
import { bareRef, describeRef, type KubeObject, type ObjectRef } from '../../domain/kube-object.ts'
import { partOfLabel } from '../place-objects.ts'
import type { Target } from '../target.ts'
import { waitForObject } from '../wait-for.ts'
import { runAnnotation } from './hook.ts'

const goneWithinMs = 60_000

/** Whether an object of that name is one that a sync of this application made as a hook. */
export function isOwnHook({ partOf }: Target, live: KubeObject): boolean {
  const { labels, annotations } = live.metadata
  return labels?.[partOfLabel] === partOf && annotations?.[runAnnotation] !== undefined
}

/**
 * Deletes what a run left and waits until it is gone, pods and all: no two runs of a hook are under
 * way at once. Throws OBJECT_TERMINATING when something holds it.
 */
export async function removeRun(target: Target, ref: ObjectRef, live: KubeObject): Promise<void> {
  const { own, client, signal } = target
  const uid = live.metadata.uid ?? ''
  const propagation = ref.kind === 'Job' ? 'Foreground' : 'Background'
  await client.remove(ref, { uid, propagation })
  const limit = AbortSignal.timeout(goneWithinMs)
  try {
    const isGone = (object: KubeObject | undefined) => object?.metadata.uid !== uid
    await waitForObject(own, ref, isGone, AbortSignal.any([signal, limit]))
  } catch (error) {
    if (!limit.aborted) throw error
    const seconds = goneWithinMs / 1000
    const text = `${describeRef(ref)} of the last run is not gone ${seconds} s after it was deleted; a finalizer may hold it, or a pod on a node that does not answer`
    throw new StageError('OBJECT_TERMINATING', text, { cause: error })
  }
}

/** Deletes what is left of hooks that Git no longer has. Gives those it could: the others stay. */
export async function removeStale(
  target: Target,
  stale: readonly HookEntry[],
): Promise<HookEntry[]> {
  const removed: HookEntry[] = []
  for (const entry of stale) {
    target.signal.throwIfAborted()
    try {
      const ref = bareRef(entry)
      const live = await target.client.get(ref)
      if (live !== undefined && isOwnHook(target, live)) {
        const uid = live.metadata.uid ?? ''
        await target.client.remove(ref, { uid, propagation: 'Background' })
      }
      removed.push(entry)
    } catch {
      // It harms nobody: the next sync tries again.
    }
  }
  return removed
}
