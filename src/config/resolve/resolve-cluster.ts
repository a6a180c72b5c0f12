import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { ClusterSettings } from '../../domain/settings.ts'
import type { Findings } from '../findings.ts'
import type { Cluster } from '../schema/cluster.ts'

interface ClusterContext {
  /** A relative kubeconfig resolves against it. */
  readonly folder: string
  readonly findings: Findings
}

export function resolveCluster(
  name: string,
  cluster: Cluster,
  { folder, findings }: ClusterContext,
): ClusterSettings {
  if ('inCluster' in cluster) return { name, kind: 'inCluster' }
  const file = resolve(folder, cluster.kubeconfig)
  findings.dependsOn(file)
  // It may be made after this file is read, as `landfall local up` does.
  if (!existsSync(file)) findings.warning(['clusters', name, 'kubeconfig'], 'no such file yet')
  return { name, kind: 'kubeconfig', file, context: cluster.context }
}
