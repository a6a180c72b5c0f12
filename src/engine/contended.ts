import type { Drift, Offender } from '../domain/drift.ts'
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
  const objects = Map.groupBy(heals, ({ ref }) => refKey(ref))
  const fields = Map.groupBy(
    heals.flatMap((drift) => drift.fields.map(({ path }) => ({ drift, key: keyOf(drift, path) }))),
    ({ key }) => key,
  )
  return {
    isFrequent: (ref) => (objects.get(refKey(ref))?.length ?? 0) >= mostHeals,
    held(drift) {
      const fought = drift.fields.map(({ path }) => fields.get(keyOf(drift, path)) ?? [])
      const offender = drift.offender ?? lastNamed(fought.flat().map((heal) => heal.drift))
      const most = mostOf(drift, offender)
      if (fought.length === 0 || fought.some(({ length }) => length < most)) return undefined
      const message = messageOf(drift, offender, most)
      return { ...drift, message, healed: false, contended: true }
    },
  }
}

/** By what Kubernetes records: the witness learns who it was when the heal is done. */
function keyOf({ ref, offender }: Drift, path: string): string {
  const manager = offender?.unrecorded === true ? '' : (offender?.manager ?? '')
  return `${refKey(ref)} ${manager} ${path}`
}

/** `heals`: newest first. */
function lastNamed(heals: readonly Drift[]): Offender | null {
  return heals.find(({ offender }) => offender !== null)?.offender ?? null
}

/** A field that is gone has no owner, and may be a person's doing. */
function mostOf(drift: Drift, offender: Offender | null): number {
  const isPerson =
    offender === null
      ? isRemoval(drift)
      : classifyManager({ manager: offender.manager }) === 'human'
  return isPerson ? mostHealsOfPeople : mostHeals
}

function isRemoval({ fields }: Drift): boolean {
  return fields.every(({ live }) => live === undefined)
}

function messageOf(drift: Drift, offender: Offender | null, heals: number): string {
  const name = offender?.user ?? offender?.manager
  const who = name ?? 'somebody whom Kubernetes does not record'
  const what = drift.fields.map(({ path }) => path).join(', ')
  const verb = isRemoval(drift) ? 'removed' : 'set'
  return `contended: ${who} ${verb} ${what} again after each of ${heals} heals in 10 minutes, so that Landfall waits; stop ${name ?? 'it'}, or put the fields into ignore`
}
