import type { ObjectClient } from '../../cluster/cluster.ts'
import type { KubeObject } from '../../domain/kube-object.ts'
import type { HealthContext } from './health-context.ts'
import { readPodSelector } from './label-selector.ts'

/** The pods of a workload as they are now; undefined: they may not be read, or it has none. */
export async function readPods(
  client: Pick<ObjectClient, 'list'>,
  workload: KubeObject,
): Promise<Pick<HealthContext, 'pods' | 'replicaSets'> | undefined> {
  const labelSelector = readPodSelector(workload)
  const { namespace } = workload.metadata
  if (labelSelector === undefined || namespace === undefined) return undefined
  const place = { version: 'v1', namespace, labelSelector }
  const sets = { group: 'apps', kind: 'ReplicaSet', metadataOnly: true, ...place }
  try {
    const [pods, replicaSets] = await Promise.all([
      client.list({ group: '', kind: 'Pod', ...place }),
      workload.kind === 'Deployment' ? client.list(sets) : undefined,
    ])
    return { pods: pods.items, replicaSets: replicaSets?.items }
  } catch {
    // Pods only add the reason: the failure is told without it.
    return undefined
  }
}
