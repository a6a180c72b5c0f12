import type { SyncRecord } from './sync.ts'

const longest = 500

/** The record with long lists cut, and a warning that says so: one row never fills a store. */
export function boundRecord(record: SyncRecord): SyncRecord {
  const { changes, drift, warnings } = record
  const cut = Math.max(changes.length, drift.length, warnings.length) > longest
  if (!cut) return record
  return {
    ...record,
    changes: changes.slice(0, longest),
    drift: drift.slice(0, longest),
    warnings: [
      ...warnings.slice(0, longest),
      `only the first ${longest} of ${changes.length} changes, ${drift.length} drifts and ${warnings.length} warnings are kept`,
    ],
  }
}
