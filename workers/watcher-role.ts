import { systemClock } from '../src/domain/clock.ts'
import type { Config } from '../src/domain/settings.ts'
import { createKeys } from '../src/queue/keys.ts'
import type { ClusterPool } from './cluster-pool.ts'
import type { Parts, RunningRole } from './running-role.ts'
import { startWatcher, type WatcherSetup } from './start-watcher.ts'

export async function runWatcher(parts: Parts, clusters: ClusterPool): Promise<RunningRole> {
  const { config, options, logger } = parts
  const setupOf = (changed: Config) => watcherSetup(changed, clusters)
  const watcher = startWatcher({
    redisUrl: options.redisUrl,
    keys: createKeys(),
    clock: systemClock,
    logger,
    setup: await setupOf(config),
  })
  return {
    async prepare(changed) {
      const next = await setupOf(changed)
      return () => watcher.replace(next)
    },
    close: () => watcher.close(),
  }
}

async function watcherSetup(config: Config, clusters: ClusterPool): Promise<WatcherSetup> {
  const { clusterOf, release } = await clusters.lease(config.clusters.values())
  const applications = Array.from(config.applications.values())
  return {
    clusters: Array.from(config.clusters.keys(), (name) => ({
      cluster: clusterOf(name),
      applications: applications.filter(({ cluster }) => cluster === name),
    })),
    release,
  }
}
