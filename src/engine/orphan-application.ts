import { asStageError, type StageError } from '../domain/error.ts'
import type { InventoryEntry } from '../domain/inventory.ts'
import { mapInFlight, requestsInFlight } from './in-flight.ts'
import { type EndingAt, refuseRunning } from './refuse-running.ts'
import { releaseHooks } from './release-hooks.ts'
import { type Released, releaseObject } from './release-object.ts'
import { requireServiceAccount } from './service-account.ts'
import type { InventoryTarget } from './target.ts'

export interface Orphaned {
  readonly entry: InventoryEntry
  readonly outcome: Released | 'failed'
  /** Why it failed. */
  readonly error: StageError | undefined
}

/**
 * Lets go of every object in the application's inventory, what hooks left too, and then of the
 * inventory's entries; what failed stays in it. Throws INSTANCE_REFUSED while a sync is under way, and FENCE_LOST, after the
 * objects, when one wrote the inventory meanwhile.
 */
export async function orphanApplication(
  target: InventoryTarget,
  at: EndingAt,
): Promise<Orphaned[]> {
  const { application, cluster } = target
  await requireServiceAccount(target.own, application)
  const inventory = await cluster.inventory.read(application.name)
  refuseRunning(application.name, inventory, at)
  const orphaned = await mapInFlight(
    inventory.entries,
    requestsInFlight,
    async (entry): Promise<Orphaned> => {
      try {
        return { entry, outcome: await releaseObject(target, entry), error: undefined }
      } catch (error) {
        return { entry, outcome: 'failed', error: asStageError(error) }
      }
    },
  )
  const hooks = await releaseHooks(target, inventory.hooks)
  const entries = orphaned.flatMap(({ entry, outcome }) => (outcome === 'failed' ? [entry] : []))
  await cluster.inventory.write(application.name, {
    ...inventory,
    entries,
    hooks,
    revision: undefined,
  })
  return orphaned
}
