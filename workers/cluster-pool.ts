import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Cluster } from '../src/cluster/cluster.ts'
import { StageError } from '../src/domain/error.ts'
import type { ClusterSettings } from '../src/domain/settings.ts'

/** The clusters of one configuration, until it is released. */
export interface ClusterLease {
  /** Throws CONFIG_INVALID for one that is not configured. */
  clusterOf(name: string): Cluster
  release(): Promise<void>
}

/** Clusters, each opened once for all configurations that mean the same by it. */
export interface ClusterPool {
  lease(settings: Iterable<ClusterSettings>): Promise<ClusterLease>
}

interface Entry {
  readonly cluster: Cluster
  leases: number
}

export function createClusterPool(open: (settings: ClusterSettings) => Cluster): ClusterPool {
  const entries = new Map<string, Entry>()

  const take = (key: string, settings: ClusterSettings): Entry => {
    const entry = entries.get(key) ?? { cluster: open(settings), leases: 0 }
    entry.leases += 1
    entries.set(key, entry)
    return entry
  }

  const giveBack = async (key: string, entry: Entry) => {
    entry.leases -= 1
    if (entry.leases > 0) return
    entries.delete(key)
    await entry.cluster.close()
  }

  return {
    async lease(wanted) {
      const all = Array.from(wanted)
      const keys = await Promise.all(all.map(keyOf))
      const leased = new Map<string, { readonly key: string; readonly entry: Entry }>()
      for (const [index, settings] of all.entries()) {
        const key = keys[index] ?? ''
        leased.set(settings.name, { key, entry: take(key, settings) })
      }
      return {
        clusterOf(name) {
          const cluster = leased.get(name)?.entry.cluster
          if (cluster !== undefined) return cluster
          throw new StageError('CONFIG_INVALID', `cluster ${name} is not configured`)
        },
        async release() {
          await Promise.allSettled(
            Array.from(leased.values(), ({ key, entry }) => giveBack(key, entry)),
          )
        },
      }
    },
  }
}

// The same file with another content may be another cluster.
async function keyOf(settings: ClusterSettings): Promise<string> {
  const content =
    settings.kind === 'kubeconfig' ? await readFile(settings.file).catch(() => '') : ''
  const digest = createHash('sha256').update(content).digest('hex')
  return `${JSON.stringify(settings)} ${digest}`
}
