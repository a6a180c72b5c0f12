import type { Clock } from '../../domain/clock.ts'
import type { Health } from '../../domain/health.ts'
import type { Timers } from '../timers.ts'
import type { Seen } from './seen.ts'
import { recentWakes, wakeDelayMs } from './wake-backoff.ts'

/** Decides when an object wakes its application: at once for what is new, later for what repeats. */
export interface Alarm {
  look(application: string, key: string, found: Found): void
  forget(key: string): void
  stop(): void
}

interface Found {
  /** undefined: it is not there. */
  readonly seen: Seen | undefined
  readonly isClean: boolean
  /** What is seen may be older than what it is compared with. */
  readonly isBehind: boolean
  /** A sync looks at its health just now. */
  readonly isFollowed: boolean
}

interface AlarmDeps {
  readonly clock: Clock
  readonly timers: Timers
  /** Whether the object still is not as it was applied, and nobody is at it. */
  isUnclean(application: string, key: string): boolean
  onWake(application: string, key: string): void
}

/** One reason to wake, and when it did. */
interface Bell {
  wakes: readonly number[]
  cancel: () => void
}

interface Told {
  /** Of the last sighting that woke, or is about to; '': it is clean. */
  mark: string
  /** As it was seen last when it was clean. */
  clean: Seen | undefined
  health: Health | undefined
  readonly drift: Bell
  readonly turn: Bell
}

// Each kind has a watch of its own: the event of our own write may be faster than that of the
// inventory that tells of it, or slower.
const behindMs = 1_000
const promptDrifts = 10
const promptTurns = 3

const nothing = () => {}
const silent = (): Bell => ({ wakes: [], cancel: nothing })

export function createAlarm({ clock, timers, isUnclean, onWake }: AlarmDeps): Alarm {
  const told = new Map<string, Told>()

  function toldOf(key: string): Told {
    const known = told.get(key) ?? {
      mark: '',
      clean: undefined,
      health: undefined,
      drift: silent(),
      turn: silent(),
    }
    told.set(key, known)
    return known
  }

  function wake(application: string, key: string, bell: Bell): void {
    const now = clock.now()
    bell.wakes = [...recentWakes(bell.wakes, now), now]
    onWake(application, key)
  }

  function after(ms: number, bell: Bell, run: () => void): void {
    bell.cancel()
    bell.cancel = nothing
    if (ms === 0) return run()
    bell.cancel = timers.after(ms, () => {
      bell.cancel = nothing
      run()
    })
  }

  function lookAtDrift(application: string, key: string, found: Found): void {
    const { seen, isClean, isBehind } = found
    const about = toldOf(key)
    const mark = isClean ? '' : markOf(seen)
    if (isClean) about.clean = seen
    if (mark === about.mark) return
    about.mark = mark
    about.drift.cancel()
    if (isClean) return
    const leastMs = isBehind || mayBeOurs(seen, about.clean) ? behindMs : 0
    const waitMs = wakeDelayMs(about.drift.wakes, clock.now(), promptDrifts)
    after(Math.max(leastMs, waitMs), about.drift, () => {
      if (isUnclean(application, key)) wake(application, key, about.drift)
      // Looked at again when the sync that is under way has ended.
      else about.mark = ''
    })
  }

  function lookAtHealth(application: string, key: string, { seen, isFollowed }: Found): void {
    const about = toldOf(key)
    const before = about.health
    about.health = seen?.health
    if (isFollowed) about.turn.cancel()
    if (isFollowed || before === undefined || seen === undefined || before === seen.health) return
    const waitMs = wakeDelayMs(about.turn.wakes, clock.now(), promptTurns)
    after(waitMs, about.turn, () => wake(application, key, about.turn))
  }

  return {
    look(application, key, found) {
      lookAtDrift(application, key, found)
      lookAtHealth(application, key, found)
    },
    forget(key) {
      silence(told.get(key))
      told.delete(key)
    },
    stop() {
      for (const about of told.values()) silence(about)
    },
  }
}

function silence(about: Told | undefined): void {
  about?.drift.cancel()
  about?.turn.cancel()
}

/**
 * Whether this may be a write of ours. Who removes a declared field takes it out of our entry and
 * may own nothing after that, but our entry keeps its time: an apply of ours would have moved it.
 */
function mayBeOurs(seen: Seen | undefined, clean: Seen | undefined): boolean {
  if (seen?.isOurs !== true) return false
  const isTaken = clean !== undefined && clean.sighting.seal !== seen.sighting.seal
  return !isTaken || clean.oursAt !== seen.oursAt
}

/** What of a sighting makes a difference: another status, which moves the resourceVersion, does not. */
function markOf(seen: Seen | undefined): string {
  if (seen === undefined) return 'missing'
  const { uid, generation, resourceVersion, isGoing, seal, extras } = seen.sighting
  return JSON.stringify([uid, generation ?? resourceVersion, isGoing, seal, extras])
}
