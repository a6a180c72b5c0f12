import type { Clock } from '../../domain/clock.ts'
import type { Inventory, InventoryEntry } from '../../domain/inventory.ts'
import { type ObjectRef, refKey } from '../../domain/kube-object.ts'
import type { SyncRecord } from '../../domain/sync.ts'
import type { Sighting, WatchNote } from '../../domain/watch-note.ts'
import type { Timers } from '../timers.ts'
import { judgeSighting, type Verdict } from '../verdict.ts'
import { createAlarm } from './alarm.ts'
import { isPartOf, type Place, placeKey } from './place.ts'
import type { Seen } from './seen.ts'

export interface WatchedDeps {
  readonly clock: Clock
  readonly timers: Timers
  /** The object (by `refKey`) has drifted, or its health is another one. */
  onWake(application: string, key: string): void
  /** undefined: nothing is known for certain. Called when that changes. */
  onNote(application: string, note: WatchNote | undefined): void
}

/** What is known of the applications of one cluster, kept right by watch events. */
export interface WatchedApplications {
  /** undefined: it has none, or none that can be read. */
  setInventory(application: string, inventory: Inventory | undefined): void
  /** All there is of a kind in that place. */
  setAll(place: Place, objects: ReadonlyMap<string, Seen>): void
  see(ref: ObjectRef, seen: Seen): void
  lose(ref: ObjectRef): void
  /** What is there is not known any more. */
  doubt(place: Place): void
  entries(): Iterable<InventoryEntry>
  stop(): void
}

interface Watched {
  readonly name: string
  readonly entries: ReadonlyMap<string, InventoryEntry>
  readonly resourceVersion: string
  /** A sync is under way, and follows how healthy all is. */
  readonly isFollowed: boolean
  /** A sync writes: what it has written is in no inventory yet. */
  readonly isWritten: boolean
  /** Entries that this inventory has changed, and until when (ms since epoch) that counts. */
  readonly written: ReadonlySet<string>
  readonly writtenUntil: number
  /** Of entries that are not as they were applied; undefined: it is not there. */
  readonly unclean: Map<string, Sighting | undefined>
  /** Those that are not healthy. */
  readonly unwell: Set<string>
  /** All of its kinds are watched where its objects are. */
  isComplete: boolean
  note: string
}

/** Events of one write come within so long, whatever watch they come by. */
const writtenMs = 1_000

export function createWatchedApplications(deps: WatchedDeps): WatchedApplications {
  const alarm = createAlarm({
    ...deps,
    isUnclean(name, key) {
      const app = watched.get(name)
      return app?.isWritten === false && app.unclean.has(key)
    },
  })
  const watched = new Map<string, Watched>()
  const owners = new Map<string, string>()
  const objects = new Map<string, Seen>()
  const places = new Map<string, Place>()

  function isKnown(entry: ObjectRef): boolean {
    const { group, kind, namespace } = entry
    return (
      places.has(placeKey({ group, kind, namespace: undefined })) ||
      places.has(placeKey({ group, kind, namespace }))
    )
  }

  function judge(app: Watched, key: string, entry: InventoryEntry): void {
    if (app.isWritten || !isKnown(entry)) return
    const seen = objects.get(key)
    const isClean = seen !== undefined && judgeSighting(seen.sighting, entry) === 'clean'
    if (isClean) app.unclean.delete(key)
    else app.unclean.set(key, seen?.sighting)
    if (isWell(seen)) app.unwell.delete(key)
    else app.unwell.add(key)
    const isBehind = !isClean && isBehindOf(app, key, seen?.sighting)
    alarm.look(app.name, key, { seen, isClean, isBehind, isFollowed: app.isFollowed })
  }

  /** Whether the event of a write that the inventory tells of may be on its way. */
  function isBehindOf(app: Watched, key: string, seen: Sighting | undefined): boolean {
    if (!app.written.has(key) || deps.clock.now() >= app.writtenUntil) return false
    return seen === undefined || isOlder(seen, app.entries.get(key))
  }

  function judgeAll(app: Watched): void {
    for (const [key, entry] of app.entries) judge(app, key, entry)
    app.isComplete = Array.from(app.entries.values()).every(isKnown)
    tellNote(app)
  }

  function judgeOne(key: string): void {
    const app = watched.get(owners.get(key) ?? '')
    const entry = app?.entries.get(key)
    if (app === undefined || entry === undefined) return
    judge(app, key, entry)
    tellNote(app)
  }

  function tellNote(app: Watched): void {
    const note = noteOf(app)
    const text = JSON.stringify(note) ?? ''
    if (text === app.note) return
    app.note = text
    deps.onNote(app.name, note)
  }

  function noteOf(app: Watched): WatchNote | undefined {
    if (app.isWritten || !app.isComplete) return undefined
    const suspects: Sighting[] = []
    for (const [key, seen] of app.unclean) {
      const entry = app.entries.get(key)
      const verdict = seen && entry && judgeSighting(seen, entry)
      if (seen === undefined || !isForTheServer(verdict)) return undefined
      suspects.push(seen)
    }
    return { inventory: app.resourceVersion, suspects, isWell: app.unwell.size === 0 }
  }

  function adopt(app: Watched): void {
    watched.set(app.name, app)
    for (const key of app.entries.keys()) owners.set(key, app.name)
    judgeAll(app)
  }

  /** It may be another application's by now. */
  function disown(name: string, key: string): void {
    if (owners.get(key) !== name) return
    owners.delete(key)
    alarm.forget(key)
  }

  function judgePlace(place: Place): void {
    for (const app of watched.values()) {
      if (Array.from(app.entries.values()).some((entry) => isPartOf(place, entry))) judgeAll(app)
    }
  }

  return {
    setInventory(name, inventory) {
      const before = watched.get(name)
      const app = inventory && watchedOf(name, inventory, { before, now: deps.clock.now() })
      for (const key of before?.entries.keys() ?? []) {
        if (app?.entries.has(key) !== true) disown(name, key)
      }
      if (app === undefined) {
        watched.delete(name)
        deps.onNote(name, undefined)
      } else adopt(app)
    },

    setAll(place, all) {
      places.set(placeKey(place), place)
      for (const [key, seen] of objects) {
        if (isPartOf(place, seen.ref) && !all.has(key)) objects.delete(key)
      }
      for (const [key, seen] of all) objects.set(key, seen)
      judgePlace(place)
    },

    see(ref, seen) {
      objects.set(refKey(ref), seen)
      judgeOne(refKey(ref))
    },

    lose(ref) {
      objects.delete(refKey(ref))
      judgeOne(refKey(ref))
    },

    doubt(place) {
      if (places.delete(placeKey(place))) judgePlace(place)
    },

    *entries() {
      for (const { entries } of watched.values()) yield* entries.values()
    },

    stop: () => alarm.stop(),
  }
}

function watchedOf(
  name: string,
  { entries, resourceVersion = '', history }: Inventory,
  { before, now }: { readonly before: Watched | undefined; readonly now: number },
): Watched {
  const isWritten = (entry: InventoryEntry) =>
    before?.entries.get(refKey(entry))?.resourceVersion !== entry.resourceVersion
  return {
    name,
    resourceVersion,
    written: new Set(entries.filter(isWritten).map(refKey)),
    writtenUntil: now + writtenMs,
    isFollowed: history[0]?.phase === 'Running',
    isWritten: isBeingWritten(history[0]),
    entries: new Map(entries.map((entry) => [refKey(entry), entry])),
    unclean: new Map(),
    unwell: new Set(),
    isComplete: false,
    note: before?.note ?? '',
  }
}

/** What a person has stopped is as well as it can be. */
function isWell(seen: Seen | undefined): boolean {
  const { health = 'Healthy' } = seen ?? {}
  return health === 'Healthy' || health === 'Suspended'
}

/** Whether a worker may have found such a version to be right: only the server can tell. */
function isForTheServer(verdict: Verdict['kind'] | undefined): boolean {
  return verdict === 'lost' || verdict === 'suspect' || verdict === 'extra'
}

// Comparable as numbers: https://kep.k8s.io/5504. Elsewhere it says nothing, and costs a second look.
function isOlder(seen: Sighting, entry: InventoryEntry | undefined): boolean {
  return Number(seen.resourceVersion) < Number(entry?.resourceVersion)
}

/** From its fence on until all it wrote is in the inventory; the rollout after that is no writing. */
function isBeingWritten(latest: SyncRecord | undefined): boolean {
  return latest?.phase === 'Running' && latest.stages.apply === undefined
}
