import type { Drift } from '../domain/drift.ts'
import { refKey } from '../domain/kube-object.ts'
import type { SyncOutcome } from '../domain/sync-request.ts'
import type { WitnessRecord } from '../domain/witness-record.ts'

/** Ids of records that a sync ended. */
export interface EndedRecords {
  /** Of objects that it healed. */
  readonly undone: readonly string[]
  /** Of objects that it wrote anyway, found right, or let go of. */
  readonly overtaken: readonly string[]
}

/** A write is stored a moment after the witness was asked about it, and two clocks differ. */
const momentMs = 300

/**
 * Which of the records that have not ended are over: what was done to an object before a sync had it
 * as Git wants it, or before the deed that the sync undid.
 */
export function endRecords(
  open: readonly WitnessRecord[],
  { record, right = [] }: Pick<SyncOutcome, 'record' | 'right'>,
): EndedRecords {
  const begun = new Date(Date.parse(record.startedAt) - momentMs).toISOString()
  const healed = Map.groupBy(
    record.drift.filter((drift) => drift.healed),
    ({ ref }) => refKey(ref),
  )
  const isRight = new Set(right)
  const undone: string[] = []
  const overtaken: string[] = []
  for (const { id, ref, at } of open) {
    const drift = healed.get(refKey(ref))
    if (drift !== undefined && at <= lastSeen(drift, begun)) undone.push(id)
    else if (isRight.has(refKey(ref)) && at <= begun) overtaken.push(id)
  }
  return { undone, overtaken }
}

/** What the heal saw was done, however short a time before: there the witness's clock alone counts. */
function lastSeen(drift: readonly Drift[], begun: string): string {
  const named = drift.flatMap(({ offender }) =>
    offender?.witnessed === undefined ? [] : (offender.time ?? []),
  )
  return named.reduce((last, at) => (at > last ? at : last), begun)
}
