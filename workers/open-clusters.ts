import type { Registry } from 'prom-client'
import { readVersion } from '../src/cli/version.ts'
import { createCluster } from '../src/cluster/create-cluster.ts'
import { type ClusterPool, createClusterPool } from './cluster-pool.ts'
import { createRequestCounter } from './metrics.ts'

/** The clusters of an instance, whichever of its roles asks them. */
export function openClusters(registry: Registry): ClusterPool {
  const version = readVersion()
  const count = createRequestCounter(registry)
  return createClusterPool((settings) =>
    createCluster(settings, {
      version,
      onRequest: ({ verb, code }) => count(verb, code),
    }),
  )
}
