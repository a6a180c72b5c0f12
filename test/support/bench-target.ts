import type { ObjectClient } from '../../src/cluster/cluster.ts'
import { noNeighbours } from '../../src/engine/neighbours.ts'
import type { Target } from '../../src/engine/target.ts'
import type { BenchApplication, SyncBench } from './sync-bench.ts'

/** An application of a bench as one sync sees it, for what acts on one object alone. */
export function benchTarget(
  { cluster }: SyncBench,
  { application }: Pick<BenchApplication, 'application'>,
  client: ObjectClient = cluster.own,
): Target {
  return {
    application,
    cluster,
    client,
    own: cluster.own,
    partOf: cluster.inventory.partOf(application.name),
    mask: (_ref, _path, value) => value,
    neighbours: noNeighbours,
    signal: new AbortController().signal,
  }
}
