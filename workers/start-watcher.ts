import { createHash, randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { Logger } from 'pino'
import type { Cluster } from '../src/cluster/cluster.ts'
import type { Application } from '../src/domain/application.ts'
import type { Clock } from '../src/domain/clock.ts'
import { asStageError, type StageError } from '../src/domain/error.ts'
import { defaultHealthThresholds } from '../src/engine/health/thresholds.ts'
import { pause, systemTimers } from '../src/engine/timers.ts'
import { lead } from '../src/engine/watch/lead.ts'
import { watchCluster } from '../src/engine/watch/watch-cluster.ts'
import { createApplicationRecords } from '../src/queue/application-records.ts'
import { connectRedis } from '../src/queue/connect.ts'
import { createHashKey } from '../src/queue/hash-key.ts'
import type { Keys } from '../src/queue/keys.ts'
import { createStrangers } from '../src/queue/strangers.ts'
import { createSyncQueue } from '../src/queue/sync-queue.ts'
import { createWatchNotes } from '../src/queue/watch-notes.ts'
import { createNoteKeeper } from './note-keeper.ts'
import { createTroubles, type Troubles } from './troubles.ts'
import { createWaker } from './waker.ts'

/** What is watched, by one configuration. */
export interface WatcherSetup {
  readonly clusters: readonly WatchedCluster[]
  release(): Promise<void>
}

interface WatchedCluster {
  readonly cluster: Cluster
  /** Those that are deployed to it. */
  readonly applications: readonly Application[]
}

export interface WatcherDeps {
  readonly redisUrl: string
  readonly keys: Keys
  readonly clock: Clock
  readonly logger: Logger
  readonly setup: WatcherSetup
}

export interface RunningWatcher {
  replace(setup: WatcherSetup): void
  close(): Promise<void>
}

const againMs = 5_000
// Of a cluster that does not answer, the end of a watch may take as long as a request.
const patienceMs = 5_000

const notWatched = 'not watched; sweeps look after it'

/** Watches each cluster while no other process of this Landfall does, until it is closed. */
export function startWatcher(deps: WatcherDeps): RunningWatcher {
  const { redisUrl, keys, clock, logger } = deps
  const tell = (error: Error) => logger.debug({ err: error }, 'redis')
  const redis = connectRedis(redisUrl, 'worker', tell)
  const records = createApplicationRecords(redis, keys)
  const queue = createSyncQueue(redis, keys, tell)
  const waker = createWaker({ records, queue, clock, timers: systemTimers, logger })
  const notes = createWatchNotes(redis, keys)
  const strangers = createStrangers(redis, keys)
  const hashKey = createHashKey(redis, keys)
  const me = `${hostname()}-${randomBytes(4).toString('hex')}`
  /** When the watch of a cluster, by its name, has ended. */
  const ended = new Map<string, Promise<void>>()

  /** Whatever ends a watch, it is begun again. Never rejects. */
  async function keepWatching(watched: WatchedCluster, signal: AbortSignal): Promise<void> {
    const troubles = createTroubles(logger.child({ cluster: watched.cluster.name }), clock)
    while (!signal.aborted) {
      try {
        await watch(watched, troubles, signal)
      } catch (error) {
        if (!signal.aborted) troubles.tell('the watcher', asStageError(error), notWatched)
      }
      await pause(systemTimers, againMs, signal)
    }
  }

  async function watch(
    { cluster, applications }: WatchedCluster,
    troubles: Troubles,
    signal: AbortSignal,
  ): Promise<void> {
    const trouble = (what: string, error: StageError) => troubles.tell(what, error, notWatched)
    const meet = (applications: readonly string[]) => {
      const text = 'not configured here, but with an inventory: landfall doctor tells what to do'
      if (applications.length > 0) logger.info({ cluster: cluster.name, applications }, text)
      strangers.write(cluster.name, applications).catch((error: unknown) => {
        logger.debug({ cluster: cluster.name, err: error }, 'strangers not told')
      })
    }
    const keeper = createNoteKeeper({ cluster: cluster.name, notes, timers: systemTimers, logger })
    const lease = leaseName(await hashKey())
    await lead(
      {
        leases: cluster.leases,
        name: lease,
        me,
        clock,
        timers: systemTimers,
        onTrouble: (error) => trouble('the lease', error),
      },
      async (term) => {
        troubles.endAll()
        logger.info({ cluster: cluster.name, lease, applications: applications.length }, 'watching')
        const stop = keeper.start()
        try {
          await watchCluster(
            {
              cluster,
              applications,
              clock,
              timers: systemTimers,
              thresholds: defaultHealthThresholds,
              onWake: (name, key) => waker.wake(name, key),
              onNote: (name, note) => keeper.keep(name, note),
              onStrangers: meet,
              onTrouble: trouble,
            },
            term,
          )
        } finally {
          await stop()
        }
      },
      signal,
    )
  }

  /** Two of one process would take the Lease from each other, and then wait for it. */
  function follow(watched: WatchedCluster, signal: AbortSignal): Promise<void> {
    const { name } = watched.cluster
    const start = async (before: Promise<void> | undefined) => {
      await endOf(before)
      await keepWatching(watched, signal)
    }
    const end = start(ended.get(name))
    ended.set(name, end)
    return end
  }

  function run(setup: WatcherSetup): Running {
    const stopper = new AbortController()
    const watched = setup.clusters.filter(({ applications }) => applications.length > 0)
    const ends = watched.map((one) => follow(one, stopper.signal))
    return {
      async stop() {
        stopper.abort()
        await Promise.all(ends)
        await setup.release()
      },
    }
  }

  let current = run(deps.setup)
  let stopping: Promise<unknown> = Promise.resolve()
  return {
    replace(setup) {
      stopping = Promise.all([stopping, current.stop()])
      current = run(setup)
    },
    async close() {
      await Promise.all([stopping, current.stop()])
      waker.stop()
      await queue.close()
      redis.disconnect()
    },
  }
}

interface Running {
  stop(): Promise<void>
}

/** Waited for with patience, and no longer. */
async function endOf(watch: Promise<void> | undefined): Promise<void> {
  const hasEnded = new AbortController()
  const ending = (watch ?? Promise.resolve()).then(() => hasEnded.abort())
  await Promise.race([ending, pause(systemTimers, patienceMs, hasEnded.signal)])
}

/** One Lease for all processes on one Redis: another Landfall may watch the same cluster. */
function leaseName(hashKey: Buffer): string {
  const digest = createHash('sha256').update('watcher').update(hashKey).digest('hex')
  return `landfall-watcher-${digest.slice(0, 8)}`
}
