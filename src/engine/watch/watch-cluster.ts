import type { Cluster } from '../../cluster/cluster.ts'
import type { Application } from '../../domain/application.ts'
import type { Clock } from '../../domain/clock.ts'
import { asStageError, type StageError } from '../../domain/error.ts'
import type { KubeObject } from '../../domain/kube-object.ts'
import type { WatchNote } from '../../domain/watch-note.ts'
import { type Follower, followObjects } from '../follow-objects.ts'
import type { HealthThresholds } from '../health/thresholds.ts'
import { partOfLabel } from '../place-objects.ts'
import { pause, type Timers } from '../timers.ts'
import { createWatchLists } from '../watch-list.ts'
import { placeKey } from './place.ts'
import { type Seen, seenOf } from './seen.ts'
import { createWatchedApplications } from './watched-applications.ts'
import { createWatchedHealth } from './watched-health.ts'
import { createWatchedKinds } from './watched-kinds.ts'

export interface WatchClusterDeps {
  readonly cluster: Pick<Cluster, 'own' | 'inventory' | 'discovery'>
  /** Those that are deployed to the cluster. */
  readonly applications: readonly Application[]
  readonly clock: Clock
  readonly timers: Timers
  readonly thresholds: HealthThresholds
  /** The object (by `refKey`) has drifted, or its health is another one. */
  onWake(application: string, key: string): void
  /** undefined: nothing is known for certain. */
  onNote(application: string, note: WatchNote | undefined): void
  /** Other applications that have an inventory there: all of them, whenever they are others. */
  onStrangers(applications: readonly string[]): void
  /** `what` cannot be watched; sweeps look after it meanwhile. */
  onTrouble(what: string, error: StageError): void
}

/** Not served or not allowed: asked again after so long. */
const askAgainMs = 300_000

/**
 * Watches, until the signal aborts, all that the applications have in the cluster: one watch for
 * each kind, on our own objects, of metadata alone where no health needs more. Never throws.
 */
export async function watchCluster(deps: WatchClusterDeps, signal: AbortSignal): Promise<void> {
  const { cluster, clock, timers } = deps
  const byLabel = new Map(deps.applications.map((one) => [cluster.inventory.partOf(one.name), one]))
  const health = createWatchedHealth(deps.applications, deps)
  const applications = createWatchedApplications(deps)
  const follow = { client: cluster.own, clock, timers, lists: createWatchLists() }
  const kinds = createWatchedKinds({
    ...follow,
    applications,
    hasHealth: health.isFollowed,
    seenOf(object): Seen | undefined {
      const application = byLabel.get(object.metadata.labels?.[partOfLabel] ?? '')
      return application && seenOf(object, application, health)
    },
    onTrouble: (place, error) => deps.onTrouble(placeKey(place), error),
  })
  const inventories: Follower = {
    onList(objects) {
      strangers.clear()
      const found = new Map(objects.flatMap((object) => readInventory(object)))
      for (const { name } of deps.applications) applications.setInventory(name, found.get(name))
      deps.onStrangers([...strangers])
      kinds.update()
    },
    onChange(object) {
      const before = strangers.size
      for (const [name, inventory] of readInventory(object)) {
        applications.setInventory(name, inventory)
      }
      if (strangers.size !== before) deps.onStrangers([...strangers])
      kinds.update()
    },
    onDelete(last) {
      for (const [name] of readInventory(last)) applications.setInventory(name, undefined)
      const name = cluster.inventory.parse(last)?.application ?? ''
      if (strangers.delete(name)) deps.onStrangers([...strangers])
      kinds.update()
    },
    onTrouble: (error) => deps.onTrouble('the inventories', error),
  }
  const strangers = new Set<string>()
  const names = new Set(deps.applications.map(({ name }) => name))

  function readInventory(object: KubeObject) {
    const found = cluster.inventory.parse(object)
    if (found === undefined) return []
    if (names.has(found.application)) return [[found.application, found.inventory] as const]
    strangers.add(found.application)
    return []
  }

  /** A new kind, or another way to serve one: what could not be watched may be now. */
  const definitions: Follower = {
    onList: () => {},
    onChange: refresh,
    onDelete: refresh,
    onTrouble: () => {},
  }
  function refresh(): void {
    cluster.discovery.refresh()
    kinds.askAgain()
  }

  const forever = async (what: string, run: () => Promise<void>) => {
    while (!signal.aborted) {
      await run().catch((error: unknown) => deps.onTrouble(what, asStageError(error)))
      await pause(timers, askAgainMs, signal)
    }
  }
  try {
    await Promise.all([
      forever('the inventories', () =>
        followObjects(follow, cluster.inventory.query, inventories, signal),
      ),
      ...definitionQueries.map((query) =>
        forever(query.kind, () => followObjects(follow, query, definitions, signal)),
      ),
    ])
  } finally {
    kinds.stop()
    applications.stop()
  }
}

const definitionQueries = [
  { group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition', metadataOnly: true },
  { group: 'apiregistration.k8s.io', kind: 'APIService', metadataOnly: true },
] as const
