import type { Drift, Offender } from '../domain/drift.ts'
import { refKey } from '../domain/kube-object.ts'
import type { KeptWitnessRecord } from '../domain/witness-record.ts'

/** The newest of what a witness recorded of an application. */
export type ReadWitnessed = (application: string) => Promise<readonly KeptWitnessRecord[]>

/** The drift with the users who caused it, as far as a witness saw them. Never throws. */
export async function nameOffenders(
  read: ReadWitnessed | undefined,
  application: string,
  drift: readonly Drift[],
): Promise<readonly Drift[]> {
  if (read === undefined || drift.length === 0) return drift
  // The name is a courtesy; the heal is done.
  const records = await read(application).catch(() => [])
  return drift.map((one) => nameOffender(one, records))
}

/** `records`: newest first. */
function nameOffender(drift: Drift, records: readonly KeptWitnessRecord[]): Drift {
  const record = records.find((one) => hasCaused(one, drift))
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

/** Whether it is what that drift came from, and was not undone before. */
export function hasCaused(record: KeptWitnessRecord, drift: Drift): boolean {
  return (
    record.outcome === 'allowed' &&
    record.pod === undefined &&
    record.heal === undefined &&
    refKey(record.ref) === refKey(drift.ref) &&
    mayHaveCaused(record, drift) &&
    agrees(record, drift)
  )
}

function mayHaveCaused(
  { verb, fields }: KeptWitnessRecord,
  { type, fields: drifted }: Drift,
): boolean {
  if (type === 'missing') return verb === 'delete'
  if (verb === 'delete') return false
  if (fields.length === 0 || drifted.length === 0) return true
  return fields.some(({ path }) => drifted.some((field) => overlaps(path, field.path)))
}

/** Of clocks, and of a managedFields' time, which has whole seconds. */
const slackMs = 30_000

/** What managedFields tell of the writer must fit: an earlier hand is not blamed for a later one. */
function agrees({ at, manager }: KeptWitnessRecord, { offender }: Drift): boolean {
  if (offender === null) return true
  // A scale names no manager, and kubectl's goes by its name.
  if (manager !== undefined && manager !== offender.manager) return false
  if (offender.time === undefined) return true
  return Math.abs(Date.parse(at) - Date.parse(offender.time)) <= slackMs
}

function messageOf({ type, fields }: Drift, { user, at, manager }: KeptWitnessRecord): string {
  if (type === 'missing') return `deleted by ${user} at ${at}`
  const paths = fields.map(({ path }) => path).join(', ')
  const done = type === 'extra' ? 'added' : 'changed'
  return `${paths} ${done} by ${user}${manager === undefined ? '' : ` with ${manager}`}`
}

/** Items of a list may have moved between the two looks. */
function overlaps(a: string, b: string): boolean {
  const [one, two] = [withoutIndexes(a), withoutIndexes(b)]
  return one === two || one.startsWith(`${two}/`) || two.startsWith(`${one}/`)
}

function withoutIndexes(pointer: string): string {
  return pointer.replace(/\/\d+(?=\/|$)/g, '/*')
}
