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
  const entriesOf = new Map<string, readonly InventoryEntry[]>()
  let applications = new Map<string, Application>()
  let byKey: Map<string, Managed> | undefined

  function index(): Map<string, Managed> {
    const found = new Map<string, Managed>()
    for (const application of applications.values()) {
      for (const entry of entriesOf.get(application.name) ?? []) {
        found.set(refKey(entry), { application, entry })
      }
    }
    return found
  }

  function all(): Map<string, Managed> {
    byKey ??= index()
    return byKey
  }

  return {
    set(application, inventory) {
      entriesOf.set(application, inventory?.entries ?? [])
      byKey = undefined
    },
    setAll(inventories) {
      entriesOf.clear()
      for (const [name, inventory] of inventories) entriesOf.set(name, inventory?.entries ?? [])
      byKey = undefined
    },
    replace(next) {
      applications = new Map(next.map((one) => [one.name, one]))
      byKey = undefined
    },
    find: (ref) => all().get(refKey(ref)),
    async findResource({ group, resource, namespace, name }) {
      for (const managed of all().values()) {
        const { entry } = managed
        if (entry.group !== group || entry.namespace !== namespace || entry.name !== name) continue
        const mapping = await discovery.find(entry)
        if (mapping?.resource === resource) return managed
      }
      return undefined
    },
  }
}
