import type { ApplicationStatus } from '../src/domain/application-status.ts'
import type { Redact } from '../src/domain/redact.ts'
import { redactStrings } from '../src/domain/redact-strings.ts'
import type { SyncRecord } from '../src/domain/sync.ts'
import type { SyncOutcome } from '../src/domain/sync-request.ts'
import type { RecordStore } from '../src/queue/record-store.ts'
import { bareStatus } from './failed-outcome.ts'

interface KeeperDeps {
  readonly store: RecordStore
  readonly redact: Redact
  /** What the cluster remembers of the application's syncs, newest first. */
  readonly history: (application: string) => Promise<readonly SyncRecord[]>
  readonly onError: (error: unknown) => void
}

/** Writes down what syncs do, redacted. */
export interface SyncKeeper {
  /** The application as the sync before left it. */
  before(application: string): Promise<ApplicationStatus | undefined>
  began(record: SyncRecord, before: ApplicationStatus | undefined): Promise<void>
  ended(outcome: SyncOutcome, before: ApplicationStatus | undefined): Promise<void>
}

export function createSyncKeeper({ store, redact, history, onError }: KeeperDeps): SyncKeeper {
  const save = (record: SyncRecord) => store.save(redactStrings(record, redact))
  const saveStatus = (status: ApplicationStatus) => store.saveStatus(redactStrings(status, redact))

  const refill = async (application: string) => {
    try {
      for (const record of await history(application)) await save(record)
    } catch (error) {
      onError(error)
    }
  }

  return {
    async before(application) {
      const [status] = await store.statuses([application])
      if (!(await store.hasSyncs(application))) await refill(application)
      return status
    },

    async began(record, before) {
      await save(record)
      const { phase, message, failure, id } = record
      await saveStatus({ ...(before ?? bareStatus(record)), phase, message, failure, syncId: id })
    },

    async ended({ record, status, quiet }, before) {
      // A quiet sync leaves no row of its own: its application goes on to point at the last one.
      const isKept = !quiet || before === undefined
      if (isKept) await save(record)
      const isUnseen = record.phase === 'Failed' && status.objects.length === 0
      await saveStatus({
        ...status,
        objects: isUnseen ? (before?.objects ?? []) : status.objects,
        revision: status.revision ?? before?.revision,
        syncId: isKept ? record.id : before.syncId,
      })
    },
  }
}
