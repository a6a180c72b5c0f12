import { StageError } from '../domain/error.ts'
import type { InventoryBench } from './with-inventory.ts'

/** Throws INSTANCE_REFUSED for an application that the next sync would deploy again. */
export function requireStill({ target, inventory, isConfigured }: InventoryBench): void {
  const { name } = target.application
  if (!isConfigured || inventory.paused !== undefined || inventory.entries.length === 0) return
  const text = `${name} is not paused, and its next sync would take the objects back; first take it out of the configuration, or: landfall pause ${name}`
  throw new StageError('INSTANCE_REFUSED', text)
}
