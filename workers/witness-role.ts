import { systemClock } from '../src/domain/clock.ts'
import { ownNamespace } from '../src/domain/own-namespace.ts'
import type { Config } from '../src/domain/settings.ts'
import { sourceLink } from '../src/forge/source-link.ts'
import { createKeys } from '../src/queue/keys.ts'
import type { ClusterPool } from './cluster-pool.ts'
import type { Parts, RunningRole } from './running-role.ts'
import type { RunningWitness, WitnessSetup } from './start-witness.ts'

export async function runWitness(parts: Parts, clusters: ClusterPool): Promise<RunningRole> {
  const { config, options, registry, redact, learn, logger } = parts
  let running: RunningWitness | undefined

  /** Gives how it takes effect. Loaded where one is configured: it brings much with it. */
  async function prepare(next: Config): Promise<() => void> {
    if (running === undefined && next.witnesses.size === 0) return () => {}
    const { startWitness } = await import('./start-witness.ts')
    const { createWitnessMetrics } = await import('../src/server/witness-server.ts')
    const setup = await witnessSetup(next, clusters)
    return () => {
      // The old listeners close meanwhile; nobody waits for them.
      if (running !== undefined) return void running.replace(setup)
      running = startWitness({
        redisUrl: options.redisUrl,
        keys: createKeys(),
        namespace: ownNamespace,
        metrics: createWitnessMetrics(registry),
        redact,
        learn,
        clock: systemClock,
        logger,
        setup,
      })
    }
  }

  const begin = await prepare(config)
  begin()
  return { prepare, close: async () => running?.close() }
}

async function witnessSetup(config: Config, clusters: ClusterPool): Promise<WitnessSetup> {
  const settings = Array.from(config.witnesses.values())
  const used = settings.flatMap(({ cluster }) => config.clusters.get(cluster) ?? [])
  const { clusterOf, release } = await clusters.lease(used)
  const applications = Array.from(config.applications.values())
  return {
    clusters: settings.map((one) => ({
      cluster: clusterOf(one.cluster),
      settings: one,
      applications: applications.filter(({ cluster }) => cluster === one.cluster),
    })),
    linkTo({ forge, repo, branch }, { file, line }) {
      const found = config.forges.get(forge ?? '')
      return found && sourceLink(found, { repo, branch, file, line })
    },
    release,
  }
}
