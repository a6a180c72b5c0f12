import { type Clock, systemClock } from '../domain/clock.ts'
import { ownNamespace } from '../domain/own-namespace.ts'
import type { ClusterSettings } from '../domain/settings.ts'
import type { Cluster } from './cluster.ts'
import { createDiscovery } from './discovery.ts'
import { createInventoryStore } from './inventory-store.ts'
import { loadClusterAccess } from './kubeconfig.ts'
import { createLeaseStore } from './lease-store.ts'
import { createObjectClient } from './object-client.ts'
import { askUser } from './own-user.ts'
import { createTransport, type RequestObservation } from './transport.ts'

export interface ClusterDeps {
  /** Landfall's version, without `v`. */
  readonly version: string
  /** Where the inventories are kept; Landfall's own unless said. */
  readonly inventoryNamespace?: string
  /** Told of each exchange with the API server, for metrics. */
  readonly onRequest?: (observation: RequestObservation) => void
  readonly clock?: Clock
  /** In [0, 1). */
  readonly random?: () => number
}

/**
 * A cluster that connects when first asked something: an unreadable kubeconfig or a server that
 * is away fails the request, not this call.
 */
export function createCluster(settings: ClusterSettings, deps: ClusterDeps): Cluster {
  const { version, clock = systemClock, random = Math.random } = deps
  const namespace = deps.inventoryNamespace ?? ownNamespace
  const transport = createTransport({
    clusterName: settings.name,
    version,
    clock,
    random,
    onRequest: deps.onRequest,
    loadAccess: () => loadClusterAccess(settings, clock),
  })
  const discovery = createDiscovery(transport, clock)
  const clientAs: Cluster['as'] = (serviceAccount, signal, beforeSend) =>
    createObjectClient({ transport, discovery, serviceAccount, signal, beforeSend, random })
  return {
    name: settings.name,
    discovery,
    inventory: createInventoryStore({ transport, namespace, version }),
    leases: createLeaseStore(transport, namespace),
    own: clientAs(undefined),
    as: clientAs,
    user: () => askUser(transport),
    close: () => transport.close(),
  }
}
