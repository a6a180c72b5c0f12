import type { Drift } from '../domain/drift.ts'
import { type ObjectRef, refKey } from '../domain/kube-object.ts'
import type { SyncRecord } from '../domain/sync.ts'
import { classifyManager } from './manager-class.ts'

const windowMs = 10 * 60_000
const mostHeals = 3
/** A person repeats something by hand; what repeats it more often is no person. */
const mostHealsOfPeople = 10

/** Who undoes our heals, as the last ten minutes of the history tell. */
export interface Contention {
  /** Whether the object was healed so often that it must be known, before a heal, of what. */
  isFrequent(ref: ObjectRef): boolean
  /** The drift, told as contended: each of its fields was set again after heal upon heal. undefined: heal it. */
  held(drift: Drift): Drift | undefined
}

/**
 * To fight a program that sets a field again each time would restart pods without end. What is
 * deleted is always made again.
 */
export function findContention(history: readonly SyncRecord[], now: string): Contention {
  const heals = history
    .filter(({ startedAt }) => Math.abs(Date.parse(now) - Date.parse(startedAt)) <= windowMs)
    .flatMap(({ drift }) => drift.filter(({ healed }) => healed))
  const fields = countOf(
    heals.flatMap((drift) => drift.fields.map(({ path }) => keyOf(drift, path))),
  )
  const objects = countOf(heals.map(({ ref }) => refKey(ref)))
  return {
    isFrequent: (ref) => (objects.get(refKey(ref)) ?? 0) >= mostHeals,
    held(drift) {
      const most = mostOf(drift)
      const isFought = (path: string) => (fields.get(keyOf(drift, path)) ?? 0) >= most
      if (drift.fields.length === 0 || !drift.fields.every(({ path }) => isFought(path))) {
        return undefined
      }
      return { ...drift, message: messageOf(drift, most), healed: false, contended: true }
    },
  }
}

function countOf(keys: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}

function keyOf({ ref, offender }: Drift, path: string): string {
  return `${refKey(ref)} ${offender?.manager ?? ''} ${path}`
}

function mostOf({ offender }: Drift): number {
  const isPerson = offender !== null && classifyManager({ manager: offender.manager }) === 'human'
  return isPerson ? mostHealsOfPeople : mostHeals
}

function messageOf({ fields, offender }: Drift, heals: number): string {
  const who = offender?.manager ?? 'a program that Kubernetes does not record'
  const what = fields.map(({ path }) => path).join(', ')
  return `contended: ${who} set ${what} again after each of ${heals} heals in 10 minutes, so that Landfall waits; stop ${who}, or put the fields into ignore`
}
