import { randomBytes } from 'node:crypto'
import type { Logger } from 'pino'
import type { Cluster } from '../src/cluster/cluster.ts'
import type { Application } from '../src/domain/application.ts'
import type { Paused } from '../src/domain/application-record.ts'
import { type Clock, steadyClock } from '../src/domain/clock.ts'
import { StageError } from '../src/domain/error.ts'
import type { Config, ForgeSettings } from '../src/domain/settings.ts'
import type { SyncRecord } from '../src/domain/sync.ts'
import type { SyncFunction } from '../src/domain/sync-request.ts'
import { defaultHealthThresholds } from '../src/engine/health/thresholds.ts'
import { isTouched } from '../src/engine/is-touched.ts'
import { createMask } from '../src/engine/mask-secret.ts'
import { createSync, type SyncDeps } from '../src/engine/sync.ts'
import { systemTimers } from '../src/engine/timers.ts'
import type { AppTokens } from '../src/forge/app-tokens.ts'
import type { Forge } from '../src/forge/forge.ts'
import type { ForgeBudget } from '../src/queue/forge-budget.ts'
import type { WitnessRecords } from '../src/queue/witness-records.ts'
import { createSource } from '../src/source/create-source.ts'
import { createBudgetedPoster } from './budgeted-poster.ts'
import type { ClusterPool } from './cluster-pool.ts'
import type { Tip } from './sync-reporter.ts'

/** All that a worker's jobs take from the configuration. */
export interface WorkerSetup {
  readonly applications: ReadonlyMap<string, Application>
  readonly forges: ReadonlyMap<string, Pick<Forge, 'postStatus'>>
  readonly canReport: (forge: string) => boolean
  readonly publicUrl: string | undefined
  readonly sync: SyncFunction
  readonly keepPause: (application: Application, paused: Paused) => Promise<void>
  readonly tipOf: (application: Application, signal: AbortSignal) => Promise<Tip>
  readonly history: (application: string) => Promise<readonly SyncRecord[]>
  /** Throws CONFIG_INVALID for one that is not configured. */
  readonly clusterOf: (name: string) => Cluster
  /** Names of the clusters that have a witness. */
  readonly witnesses: ReadonlySet<string>
}

export interface OpenedSetup extends WorkerSetup {
  release(): Promise<void>
}

/** What outlives every configuration. */
interface Lasting extends Pick<SyncDeps, 'renderer' | 'hashKey' | 'ownNamespace' | 'redact'> {
  readonly clusters: ClusterPool
  readonly appTokens: AppTokens
  readonly budget: ForgeBudget
  readonly witnessRecords: Pick<WitnessRecords, 'open'>
  readonly logger: Logger
  readonly clock: Clock
}

/** Makes setups that share renders, connections and the marks of Secret values. */
export function createWorkerSetups(lasting: Lasting): (config: Config) => Promise<OpenedSetup> {
  const { clock, clusters, appTokens, budget, logger, witnessRecords, ...engine } = lasting
  const appToken = appTokens.tokenOf
  const onError = (error: unknown) => logger.debug({ err: error }, 'pause of a forge not shared')
  const mask = createMask(randomBytes(32))
  return async (config) => {
    const { applications, forges, server, dataDir, security } = config
    const source = createSource({ dataDir, security, clock, appToken })
    const posters = createPosters(config, (settings) =>
      createBudgetedPoster(settings, { fetch, clock, appToken, budget, onError }),
    )
    const witnesses = new Set(config.witnesses.keys())
    const isWitnessed = (name: string) => witnesses.has(applications.get(name)?.cluster ?? '')
    const { clusterOf, release } = await clusters.lease(config.clusters.values())
    return {
      applications,
      forges: posters,
      canReport(name) {
        const { token, app } = forges.get(name) ?? {}
        return token !== undefined || app !== undefined
      },
      publicUrl: server.publicUrl,
      sync: createSync({
        ...engine,
        source,
        clusterOf,
        applications: Array.from(applications.values()),
        startClock: () => steadyClock(clock),
        mask,
        timers: systemTimers,
        thresholds: defaultHealthThresholds,
        async witnessed(name) {
          return isWitnessed(name) ? witnessRecords.open(name) : []
        },
      }),
      clusterOf,
      witnesses,
      async keepPause({ name, cluster }, paused) {
        const { inventory } = clusterOf(cluster)
        const known = await inventory.read(name)
        if (known.paused?.at !== paused.at) await inventory.write(name, { ...known, paused })
      },
      async tipOf(application, signal) {
        const inventory = await clusterOf(application.cluster).inventory.read(application.name)
        const tip = await source.fetchTip(application, signal)
        const touched = await isTouched(source, application, inventory, tip)
        return { sha: tip.sha, touched }
      },
      async history(name) {
        const application = applications.get(name)
        if (application === undefined) {
          throw new StageError('CONFIG_INVALID', `application ${name} is not configured`)
        }
        return (await clusterOf(application.cluster).inventory.read(name)).history
      },
      release,
    }
  }
}

function createPosters(
  { forges }: Config,
  create: (settings: ForgeSettings) => Pick<Forge, 'postStatus'>,
): WorkerSetup['forges'] {
  return new Map(Array.from(forges, ([key, settings]) => [key, create(settings)]))
}
