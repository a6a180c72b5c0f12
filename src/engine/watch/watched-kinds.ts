import type { ListQuery } from '../../cluster/cluster.ts'
import { asStageError, type StageError } from '../../domain/error.ts'
import type { InventoryEntry } from '../../domain/inventory.ts'
import { groupKind, type KubeObject, refKey, refOf } from '../../domain/kube-object.ts'
import { type FollowDeps, type Follower, followObjects } from '../follow-objects.ts'
import { partOfLabel } from '../place-objects.ts'
import { pause } from '../timers.ts'
import { type Place, placeKey } from './place.ts'
import { hasHealth, type Seen } from './seen.ts'
import type { WatchedApplications } from './watched-applications.ts'

export interface WatchedKindsDeps extends FollowDeps {
  readonly applications: WatchedApplications
  /** undefined: no application of ours has that part-of label. */
  seenOf(object: KubeObject): Seen | undefined
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

/** A kind that nobody serves, or that may not be watched, is asked for again after so long. */
const askAgainMs = 300_000

export function createWatchedKinds(deps: WatchedKindsDeps): WatchedKinds {
  const { applications, timers } = deps
  const followed = new Map<string, AbortController>()
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
    for (const [key, controller] of followed) {
      if (wanted.has(key)) continue
      followed.delete(key)
      controller.abort()
    }
    for (const [key, { place, entry }] of wanted) {
      if (followed.has(key)) continue
      const controller = new AbortController()
      followed.set(key, controller)
      void follow(place, entry, controller.signal) // tells its troubles itself
    }
  }

  async function follow(place: Place, entry: InventoryEntry, signal: AbortSignal): Promise<void> {
    const query = queryOf(place, entry)
    while (!signal.aborted) {
      try {
        // Ends when the server has no such kind.
        await followObjects(deps, query, followerOf(place), signal)
      } catch (error: unknown) {
        applications.doubt(place)
        const failure = asStageError(error)
        if (confine(place, entry, failure)) return
        deps.onTrouble(place, failure)
      }
      await pause(timers, askAgainMs, AbortSignal.any([signal, retry.signal]))
    }
    applications.doubt(place)
  }

  /** Whether the kind is followed namespace by namespace from now on. */
  function confine(place: Place, entry: InventoryEntry, failure: StageError): boolean {
    if (failure.code !== 'CLUSTER_FORBIDDEN') return false
    if (place.namespace !== undefined || entry.namespace === '') return false
    confined.add(groupKind(entry))
    update()
    return true
  }

  function followerOf(place: Place): Follower {
    return {
      onList(objects) {
        const seen = objects.flatMap((object) => deps.seenOf(object) ?? [])
        applications.setAll(place, new Map(seen.map((one) => [refKey(one.ref), one])))
      },
      onChange(object) {
        const seen = deps.seenOf(object)
        if (seen === undefined) applications.lose(refOf(object))
        else applications.see(seen.ref, seen)
      },
      onDelete: (last) => applications.lose(refOf(last)),
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
      for (const controller of followed.values()) controller.abort()
    },
  }
}

function queryOf({ group, kind, namespace }: Place, { version }: InventoryEntry): ListQuery {
  return {
    group,
    kind,
    version,
    ...(namespace !== undefined && { namespace }),
    labelSelector: partOfLabel,
    metadataOnly: !hasHealth({ group, kind }),
  }
}
