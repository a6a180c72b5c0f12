import type { Drift, Offender } from '../domain/drift.ts'
import type { InventoryEntry } from '../domain/inventory.ts'
import { refKey } from '../domain/kube-object.ts'
import type { WitnessRecord } from '../domain/witness-record.ts'
import { isSameChange } from './same-change.ts'

/** What a witness saw of an application and no sync has ended; newest first. */
export type ReadWitnessed = (application: string) => Promise<readonly WitnessRecord[]>

interface Known {
  readonly application: string
  /** As they were when the drift was found. */
  readonly entries: readonly InventoryEntry[]
}

/** The drift with the users who caused it, as far as a witness saw them. Never throws. */
export async function nameOffenders(
  read: ReadWitnessed | undefined,
  drift: readonly Drift[],
  { application, entries }: Known,
): Promise<readonly Drift[]> {
  if (read === undefined || drift.length === 0) return drift
  // The name is a courtesy; the heal is done.
  const records = await read(application).catch(() => [])
  if (records.length === 0) return drift
  const uids = new Map(entries.map((entry) => [refKey(entry), entry.uid]))
  // What this look did not come to is told again, with the name that it has.
  return drift.map((one) =>
    one.offender?.witnessed === undefined
      ? nameOffender(one, records, uids.get(refKey(one.ref)))
      : one,
  )
}

function nameOffender(
  drift: Drift,
  records: readonly WitnessRecord[],
  uid: string | undefined,
): Drift {
  const record = records.find((one) => hasCaused(one, drift, uid))
  if (record === undefined) return drift
  const offender: Offender = {
    manager: drift.offender?.manager ?? record.manager ?? 'unknown',
    operation: drift.offender?.operation ?? (record.verb === 'delete' ? 'Delete' : 'Update'),
    time: record.at,
    user: record.user,
    groups: record.groups,
    witnessed: record.id,
    ...(drift.offender === null ? { unrecorded: true } : {}),
  }
  if (drift.contended === true) return { ...drift, offender }
  return { ...drift, offender, message: messageOf(drift, record) }
}

/** `uid`: of the object that drifted, as Landfall had left it. */
function hasCaused(record: WitnessRecord, drift: Drift, uid: string | undefined): boolean {
  if (refKey(record.ref) !== refKey(drift.ref) || record.pod !== undefined) return false
  if (record.outcome === 'denied') return false
  // Another one of that name, which was there before or came later, is not what is missing.
  if (drift.type === 'missing') {
    return record.verb === 'delete' && uid !== undefined && record.uid === uid
  }
  return record.verb !== 'delete' && hasChanged(record, drift)
}

/** What managedFields tell of the writer must fit: an earlier hand is not blamed for a later one. */
function hasChanged({ at, manager, fields }: WitnessRecord, drift: Drift): boolean {
  const { offender } = drift
  // A scale names no manager, and kubectl's goes by its name.
  if (offender !== null && manager !== undefined && manager !== offender.manager) return false
  const isTimed = offender?.time !== undefined
  if (isTimed && Math.abs(Date.parse(at) - Date.parse(offender.time)) > slackMs) return false
  // Made again by hand: everything in it is.
  if (fields.length === 0) return drift.fields.length > 0
  return fields.some((field) =>
    drift.fields.some((drifted) => isSameChange(field, drifted, { byValue: !isTimed })),
  )
}

/** Of clocks, and of a managedFields' time, which has whole seconds. */
const slackMs = 30_000

function messageOf({ type, fields }: Drift, { user, at, manager }: WitnessRecord): string {
  if (type === 'missing') return `deleted by ${user} at ${at}`
  const paths = fields.map(({ path }) => path).join(', ')
  const done = type === 'extra' ? 'added' : 'changed'
  return `${paths} ${done} by ${user}${manager === undefined ? '' : ` with ${manager}`}`
}
