import type { ListQuery } from '../../cluster/cluster.ts'
import { asStageError, type StageError } from '../../domain/error.ts'
import type { InventoryEntry } from '../../domain/inventory.ts'
import { groupKind, type KubeObject, refKey, refOf } from '../../domain/kube-object.ts'
import { type FollowDeps, type Follower, followObjects } from '../follow-objects.ts'
import { partOfLabel } from '../place-objects.ts'
import { pause } from '../timers.ts'
import { type Place, placeKey } from './place.ts'
import type { Seen } from './seen.ts'
import type { WatchedApplications } from './watched-applications.ts'

export interface WatchedKindsDeps extends FollowDeps {
  readonly applications: WatchedApplications
  /** undefined: no application of ours has that part-of label. */
  seenOf(object: KubeObject): Seen | undefined
  /** Whether whole objects of the kind are watched; of all others the metadata is enough. */
  hasHealth(kind: Pick<Place, 'group' | 'kind'>): boolean
  /** The kind cannot be watched there: sweeps look after it. */
  onTrouble(place: Place, error: StageError): void
}

/** One watch for each kind that an inventory names. */
export interface WatchedKinds {
  /** Follows what is in an inventory now, and nothing else. */
  update(): void
  /** Asks again for kinds that were not served or not allowed. */
  askAgain(): void
  stop(): void
}

interface Following {
  readonly place: Place
  readonly stopper: AbortController
}

// Of a kind that nobody serves, or that may not be watched. The first one is short: the last event
// of a new CRD comes before the server serves its kind.
const firstAgainMs = 1_000
const longestAgainMs = 300_000

export function createWatchedKinds(deps: WatchedKindsDeps): WatchedKinds {
  const { applications, timers } = deps
  const followed = new Map<string, Following>()
  /** Kinds that may be watched in single namespaces only. */
  const confined = new Set<string>()
  let retry = new AbortController()

  function wantedPlaces(): ReadonlyMap<string, { place: Place; entry: InventoryEntry }> {
    const wanted = new Map<string, { place: Place; entry: InventoryEntry }>()
    for (const entry of applications.entries()) {
      const { group, kind } = entry
      const isConfined = confined.has(groupKind(entry)) && entry.namespace !== ''
      const place = { group, kind, namespace: isConfined ? entry.namespace : undefined }
      wanted.set(placeKey(place), { place, entry })
    }
    return wanted
  }

  function update(): void {
    const wanted = wantedPlaces()
    for (const [key, { place, stopper }] of followed) {
      if (wanted.has(key)) continue
      followed.delete(key)
      stopper.abort()
      // Here, and not at its end: by then the place may be followed anew.
      applications.doubt(place)
    }
    for (const [key, { place, entry }] of wanted) {
      if (followed.has(key)) continue
      const stopper = new AbortController()
      followed.set(key, { place, stopper })
      void follow(place, entry, stopper.signal) // tells its troubles itself
    }
  }

  async function follow(place: Place, entry: InventoryEntry, signal: AbortSignal): Promise<void> {
    const query = queryOf(place, entry, deps.hasHealth(place))
    let againMs = firstAgainMs
    const follower = followerOf(place, () => {
      againMs = firstAgainMs
    })
    while (!signal.aborted) {
      try {
        // Ends when the server has no such kind.
        await followObjects(deps, query, follower, signal)
      } catch (error: unknown) {
        if (signal.aborted) return
        applications.doubt(place)
        const failure = asStageError(error)
        if (confine(place, entry, failure)) return
        deps.onTrouble(place, failure)
      }
      const asked = retry.signal
      await pause(timers, againMs, AbortSignal.any([signal, asked]))
      againMs = asked.aborted ? firstAgainMs : Math.min(longestAgainMs, 2 * againMs)
    }
  }

  /** Whether the kind is followed namespace by namespace from now on. */
  function confine(place: Place, entry: InventoryEntry, failure: StageError): boolean {
    if (failure.code !== 'CLUSTER_FORBIDDEN') return false
    if (place.namespace !== undefined || entry.namespace === '') return false
    confined.add(groupKind(entry))
    update()
    return true
  }

  function followerOf(place: Place, onListed: () => void): Follower {
    return {
      onList(objects) {
        onListed()
        const seen = objects.flatMap((object) => deps.seenOf(object) ?? [])
        applications.setAll(place, new Map(seen.map((one) => [refKey(one.ref), one])))
      },
      onChange(object) {
        const seen = deps.seenOf(object)
        if (seen === undefined) applications.lose(refOf(object))
        else applications.see(seen.ref, seen)
      },
      onDelete: (last) => applications.lose(refOf(last)),
      // Not served yet, or no longer: only in a list could something be missing.
      onUnserved: () => applications.doubt(place),
      onTrouble(error) {
        applications.doubt(place)
        deps.onTrouble(place, error)
      },
    }
  }

  return {
    update,
    askAgain() {
      const before = retry
      retry = new AbortController()
      before.abort()
    },
    stop() {
      for (const { stopper } of followed.values()) stopper.abort()
    },
  }
}

function queryOf(
  { group, kind, namespace }: Place,
  { version }: InventoryEntry,
  hasHealth: boolean,
): ListQuery {
  return {
    group,
    kind,
    version,
    ...(namespace !== undefined && { namespace }),
    labelSelector: partOfLabel,
    metadataOnly: !hasHealth,
  }
}
