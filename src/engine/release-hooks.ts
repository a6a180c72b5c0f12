import type { HookEntry } from '../domain/inventory.ts'
import { mapInFlight, requestsInFlight } from './in-flight.ts'
import { releaseObject } from './release-object.ts'
import type { InventoryTarget } from './target.ts'

/** Lets go of what hooks left. Gives those that could not be let go of. */
export async function releaseHooks(
  target: InventoryTarget,
  hooks: readonly HookEntry[],
): Promise<HookEntry[]> {
  const left = await mapInFlight(hooks, requestsInFlight, (entry) =>
    releaseObject(target, entry).then(
      () => [],
      () => [entry],
    ),
  )
  return left.flat()
}
