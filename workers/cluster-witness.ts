import type { Logger } from 'pino'
import type { Cluster } from '../src/cluster/cluster.ts'
import type { Application } from '../src/domain/application.ts'
import type { Clock } from '../src/domain/clock.ts'
import { asStageError, type StageError } from '../src/domain/error.ts'
import type { KubeObject } from '../src/domain/kube-object.ts'
import type { WitnessSettings } from '../src/domain/settings.ts'
import { type Follower, followObjects } from '../src/engine/follow-objects.ts'
import { pause, type Timers } from '../src/engine/timers.ts'
import type { Credentials } from '../src/engine/witness/credentials.ts'
import { keepWitness } from '../src/engine/witness/installation.ts'
import { createManagedObjects } from '../src/engine/witness/managed-objects.ts'
import { ownUsers } from '../src/engine/witness/own-users.ts'
import { createWitness } from '../src/engine/witness/witness.ts'
import type { WitnessDeps } from '../src/engine/witness/witness-deps.ts'
import { closeApp } from '../src/server/close-app.ts'
import {
  createWitnessServer,
  type WitnessServer,
  type WitnessServerDeps,
} from '../src/server/witness-server.ts'
import { createTroubles } from './troubles.ts'

export interface ClusterWitnessDeps
  extends Pick<WitnessDeps, 'standingOf' | 'linkTo' | 'records' | 'wake' | 'mask'>,
    Pick<WitnessServerDeps, 'metrics' | 'redact'> {
  readonly cluster: Cluster
  readonly settings: WitnessSettings
  /** Those that are deployed to the cluster. */
  readonly applications: readonly Application[]
  /** As whom Landfall's processes write to it; throws where Redis is away. */
  readonly readUsers: () => Promise<readonly string[]>
  /** Landfall's own namespace. */
  readonly namespace: string
  /** Told of each secret that this witness learns. */
  readonly learn: (secret: string) => void
  readonly clock: Clock
  readonly timers: Timers
  readonly logger: Logger
}

export interface ClusterWitness {
  replace(applications: readonly Application[]): void
  close(): Promise<void>
}

const uninstalledLookMs = 15_000
const usersLookMs = 10_000
const usersKeptMs = 86_400_000
/** Of an API server that does not say what there is. */
const knowMs = 10_000
const renewLookMs = 3_600_000
/** Not allowed, or not served. */
const refusedLookMs = 60_000

const keepText = 'the witness cannot be kept up'
const inventoriesText = 'the inventories cannot be watched'
const outdatedText =
  'the API server is not told what changed in the configuration; run: landfall witness install'

/** Answers the API server of one cluster, from the moment that it is installed there. */
export function startClusterWitness(deps: ClusterWitnessDeps): ClusterWitness {
  const { cluster, settings, clock, timers } = deps
  const logger = deps.logger.child({ cluster: cluster.name, part: 'witness' })
  const stopper = new AbortController()
  const objects = createManagedObjects(cluster.discovery)
  let applications = deps.applications
  let users: readonly string[] | undefined
  let userSet: ReadonlySet<string> = new Set(ownUsers(applications, []))
  let installed: Credentials | undefined
  let server: WitnessServer | undefined
  let keptAt = 0
  let isStale = true
  const troubles = createTroubles(logger, clock)
  let isUninstalledTold = false
  /** Ends with the first list of what is Landfall's: before it nothing could be told. */
  const knows = Promise.withResolvers<void>()
  const seenUsers = new Map<string, number>()

  const trouble = (text: string) => (error: StageError) => troubles.tell(text, error, text)
  objects.replace(applications)
  const witness = createWitness({
    ...deps,
    cluster: cluster.name,
    client: cluster.own,
    objects,
    users: { known: () => userSet, look: learnUsers },
    onTrouble: trouble('not everything can be witnessed'),
  })

  async function learnUsers(): Promise<boolean> {
    const told = await deps.readUsers().catch(() => undefined)
    if (told === undefined) return false
    for (const user of told) seenUsers.set(user, clock.now())
    // A Redis that lost all, or a worker that is away, makes nobody a stranger.
    const known = Array.from(seenUsers).filter(([, at]) => clock.now() - at < usersKeptMs)
    const next = ownUsers(
      applications,
      known.map(([user]) => user),
    )
    if (next.join('\n') !== users?.join('\n')) {
      users = next
      userSet = new Set(next)
      isStale = true
    }
    return told.length > 0
  }

  async function keep(): Promise<void> {
    const isDue = isStale || installed === undefined || clock.now() - keptAt >= renewLookMs
    if (!isDue) return
    // What changes from here on is for the next look.
    isStale = false
    const found = await keepWitness({
      client: cluster.own,
      namespace: deps.namespace,
      settings,
      applications,
      users,
      now: clock.now(),
    })
    keptAt = clock.now()
    if (found === undefined) return tellUninstalled()
    await serve(found.credentials)
    installed = found.credentials
    troubles.end(keepText)
    if (found.outdated === undefined) troubles.end(outdatedText)
    else trouble(outdatedText)(found.outdated)
  }

  function tellUninstalled(): void {
    if (!isUninstalledTold) {
      logger.warn(`not asked yet, run: landfall witness install --cluster ${cluster.name}`)
    }
    isUninstalledTold = true
    installed = undefined
  }

  async function serve({ serving, token }: Credentials): Promise<void> {
    const identity = { ...serving, token }
    deps.learn(token)
    if (server !== undefined) return server.renew(identity)
    const made = createWitnessServer({
      ...deps,
      cluster: cluster.name,
      identity,
      logger,
      review: witness.review,
      onStranger: () => {
        isStale = true
      },
    })
    const { host, port } = settings
    await Promise.race([knows.promise, pause(timers, knowMs, stopper.signal)])
    try {
      await made.app.listen({ host, port, listenTextResolver: () => 'the witness listens' })
    } catch (error) {
      await closeApp(made.app)
      throw error
    }
    server = made
    isUninstalledTold = false
    logger.info({ listen: `${host}:${port}` }, 'witnessing')
  }

  async function keepOn(): Promise<void> {
    while (!stopper.signal.aborted) {
      await learnUsers()
      await keep().catch((error: unknown) => {
        isStale = true
        trouble(keepText)(asStageError(error))
      })
      const ms = installed === undefined ? uninstalledLookMs : usersLookMs
      await pause(timers, ms, stopper.signal)
    }
  }

  const setInventory = (object: KubeObject, isGone = false) => {
    const read = cluster.inventory.parse(object)
    if (read !== undefined) objects.set(read.application, isGone ? undefined : read.inventory)
  }
  const inventories: Follower = {
    onList(found) {
      const read = found.flatMap((object) => cluster.inventory.parse(object) ?? [])
      objects.setAll(new Map(read.map(({ application, inventory }) => [application, inventory])))
      knows.resolve()
      troubles.end(inventoriesText)
    },
    onChange: (object) => setInventory(object),
    onDelete: (object) => setInventory(object, true),
    onTrouble: trouble(inventoriesText),
  }

  async function followOn(): Promise<void> {
    const { signal } = stopper
    while (!signal.aborted) {
      await followObjects(
        { client: cluster.own, clock, timers },
        cluster.inventory.query,
        inventories,
        signal,
      ).catch((error: unknown) => inventories.onTrouble(asStageError(error)))
      await pause(timers, refusedLookMs, signal)
    }
  }

  const running = [followOn(), keepOn()]

  return {
    replace(next) {
      applications = next
      objects.replace(next)
      isStale = true
    },
    async close() {
      stopper.abort()
      await Promise.allSettled(running)
      if (server !== undefined) await closeApp(server.app)
      witness.stop()
    },
  }
}
