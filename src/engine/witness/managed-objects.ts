import type { Discovery } from '../../cluster/cluster.ts'
import type { Application } from '../../domain/application.ts'
import type { Inventory, InventoryEntry } from '../../domain/inventory.ts'
import { type ObjectRef, refKey } from '../../domain/kube-object.ts'
import type { Managed } from './judge-write.ts'

/** A kind as a URL names it, and an object of it. */
export interface ResourceName {
  readonly group: string
  /** Plural. */
  readonly resource: string
  readonly namespace: string
  readonly name: string
}

/** What Landfall has in the cluster, by the inventories. */
export interface ManagedObjects {
  /** Inventories of applications that are not configured say nothing. */
  set(application: string, inventory: Inventory | undefined): void
  /** All that there are; what was known before and is not among them is gone. */
  setAll(inventories: ReadonlyMap<string, Inventory | undefined>): void
  replace(applications: readonly Application[]): void
  find(ref: Pick<ObjectRef, 'group' | 'kind' | 'namespace' | 'name'>): Managed | undefined
  /** Asks the server for the kind of a resource that it was not asked for yet. */
  findResource(name: ResourceName): Promise<Managed | undefined>
}

export function createManagedObjects(discovery: Pick<Discovery, 'find'>): ManagedObjects {
  const entriesOf = new Map<string, ReadonlyMap<string, InventoryEntry>>()
  let applications: readonly Application[] = []

  // A question of the API server looks up only: what is written often is keyed when it comes.
  function keep(application: string, inventory: Inventory | undefined): void {
    const entries = inventory?.entries ?? []
    entriesOf.set(application, new Map(entries.map((entry) => [refKey(entry), entry])))
  }

  function find(ref: Pick<ObjectRef, 'group' | 'kind' | 'namespace' | 'name'>) {
    const key = refKey(ref)
    for (const application of applications) {
      const entry = entriesOf.get(application.name)?.get(key)
      if (entry !== undefined) return { application, entry }
    }
    return undefined
  }

  return {
    set: keep,
    setAll(inventories) {
      entriesOf.clear()
      for (const [name, inventory] of inventories) keep(name, inventory)
    },
    replace(next) {
      applications = next
    },
    find,
    async findResource({ group, resource, namespace, name }) {
      for (const application of applications) {
        for (const entry of entriesOf.get(application.name)?.values() ?? []) {
          if (entry.group !== group || entry.namespace !== namespace || entry.name !== name)
            continue
          const mapping = await discovery.find(entry)
          if (mapping?.resource === resource) return { application, entry }
        }
      }
      return undefined
    },
  }
}
