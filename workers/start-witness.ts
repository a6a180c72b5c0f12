import { randomBytes } from 'node:crypto'
import type { Logger } from 'pino'
import type { Cluster } from '../src/cluster/cluster.ts'
import type { Application } from '../src/domain/application.ts'
import type { Clock } from '../src/domain/clock.ts'
import type { Redact } from '../src/domain/redact.ts'
import { redactStrings } from '../src/domain/redact-strings.ts'
import { createSecret, type Secret } from '../src/domain/secret.ts'
import type { WitnessSettings } from '../src/domain/settings.ts'
import { createMask } from '../src/engine/mask-secret.ts'
import { systemTimers } from '../src/engine/timers.ts'
import type { WitnessDeps } from '../src/engine/witness/witness-deps.ts'
import { createApplicationRecords } from '../src/queue/application-records.ts'
import { connectRedis } from '../src/queue/connect.ts'
import { createDeclaredObjects } from '../src/queue/declared-objects.ts'
import type { Keys } from '../src/queue/keys.ts'
import { createOwnUsers } from '../src/queue/own-users.ts'
import { createSyncQueue } from '../src/queue/sync-queue.ts'
import { createTouchedPods } from '../src/queue/touched-pods.ts'
import { createWitnessRecords } from '../src/queue/witness-records.ts'
import type { WitnessMetrics } from '../src/server/witness-server.ts'
import { type ClusterWitness, startClusterWitness } from './cluster-witness.ts'
import { createWaker } from './waker.ts'

/** What is witnessed, by one configuration. */
export interface WitnessSetup {
  readonly clusters: readonly WitnessedCluster[]
  readonly linkTo: WitnessDeps['linkTo']
  release(): Promise<void>
}

interface WitnessedCluster {
  readonly cluster: Cluster
  readonly settings: WitnessSettings
  /** Those that are deployed to it. */
  readonly applications: readonly Application[]
}

export interface WitnessRoleDeps {
  readonly redisUrl: string
  readonly keys: Keys
  /** Landfall's own namespace. */
  readonly namespace: string
  readonly metrics: WitnessMetrics
  readonly redact: Redact
  readonly learn: (secrets: readonly Secret[]) => void
  readonly clock: Clock
  readonly logger: Logger
  readonly setup: WitnessSetup
}

export interface RunningWitness {
  replace(setup: WitnessSetup): Promise<void>
  close(): Promise<void>
}

/** Answers the API servers of all clusters that have a witness, until it is closed. */
export function startWitness(deps: WitnessRoleDeps): RunningWitness {
  const { redisUrl, keys, clock, logger, redact } = deps
  const tell = (error: Error) => logger.debug({ err: error }, 'redis')
  const redis = connectRedis(redisUrl, 'producer', tell)
  const applicationRecords = createApplicationRecords(redis, keys)
  const queue = createSyncQueue(redis, keys, tell)
  const waker = createWaker({
    records: applicationRecords,
    queue,
    clock,
    timers: systemTimers,
    logger,
  })
  const records = createWitnessRecords(redis, keys)
  const declaredObjects = createDeclaredObjects(redis, keys)
  const users = createOwnUsers(redis, keys, clock)
  const touched = createTouchedPods(redis, keys)
  const mask = createMask(randomBytes(32))
  const running = new Map<string, Running>()
  let setup = deps.setup

  const start = ({ cluster, settings, applications }: WitnessedCluster): ClusterWitness =>
    startClusterWitness({
      cluster,
      settings,
      applications,
      namespace: deps.namespace,
      metrics: deps.metrics,
      redact,
      mask,
      clock,
      timers: systemTimers,
      logger,
      linkTo: (application, origin) => setup.linkTo(application, origin),
      learn: (secret) => deps.learn([createSecret(secret)]),
      readUsers: () => users.read(cluster.name),
      wake: (application, key) => waker.wake(application, key),
      async standingOf(name, key) {
        const [[record], declared] = await Promise.all([
          applicationRecords.read([name]),
          declaredObjects.read(name, key),
        ])
        return { paused: record?.paused, declared }
      },
      records: {
        add: (record) => records.add(redactStrings(record, redact)),
        drop: (record) => records.drop(record),
        isNewShell: (shell) => records.isNewShell(shell),
        // Whoever looks after it decides when; it is looked at as soon as it may be due.
        touch: (pod) => touched.touch(redactStrings(pod, redact), clock.now()),
      },
    })

  async function adopt(next: WitnessSetup): Promise<void> {
    const before = setup
    setup = next
    const wanted = new Map(next.clusters.map((one) => [one.cluster.name, one]))
    for (const [name, one] of running) {
      const same = wanted.get(name)
      if (same !== undefined && isSame(one.of, same)) continue
      running.delete(name)
      await one.witness.close()
    }
    for (const [name, one] of wanted) {
      const known = running.get(name)
      if (known === undefined) running.set(name, { of: one, witness: start(one) })
      else known.witness.replace(one.applications)
    }
    if (before !== next) await before.release()
  }

  // One after the other: a listener must be closed before the next one takes its port.
  let adopting = Promise.resolve()
  const adoptAfter = async (before: Promise<void>, next: WitnessSetup) => {
    await before
    await adopt(next).catch((error: unknown) => {
      logger.warn({ err: error }, 'the witness is not as configured')
    })
  }
  const adoptNext = (next: WitnessSetup) => {
    adopting = adoptAfter(adopting, next)
    return adopting
  }
  void adoptNext(setup)
  return {
    replace: adoptNext,
    async close() {
      waker.stop()
      await adopting
      await Promise.all(Array.from(running.values(), ({ witness }) => witness.close()))
      await setup.release()
      await queue.close()
      redis.disconnect()
    },
  }
}

interface Running {
  readonly of: WitnessedCluster
  readonly witness: ClusterWitness
}

function isSame(a: WitnessedCluster, b: WitnessedCluster): boolean {
  return a.cluster === b.cluster && JSON.stringify(a.settings) === JSON.stringify(b.settings)
}
