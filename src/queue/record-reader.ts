import type { ApplicationRecord } from '../domain/application-record.ts'
import type { ApplicationStatus } from '../domain/application-status.ts'
import { type ApplicationView, viewApplication } from '../domain/application-view.ts'
import type { SyncRecord } from '../domain/sync.ts'
import { answering } from './answering.ts'
import type { ApplicationRecords } from './application-records.ts'
import type { RecordStore } from './record-store.ts'
import type { Stranger, Strangers } from './strangers.ts'

interface ReaderDeps {
  /** Names configured now, in the configuration's order. */
  readonly applications: () => readonly string[]
  readonly records: ApplicationRecords
  readonly store: RecordStore
  readonly strangers: Pick<Strangers, 'read'>
}

interface Reader {
  applications(): Promise<readonly ApplicationView[]>
  application(name: string): Promise<ApplicationView | undefined>
  /** They have an inventory in a cluster, and are not configured. */
  unconfigured(): Promise<readonly Stranger[]>
  syncs(application: string): Promise<readonly SyncRecord[]>
  sync(id: string): Promise<SyncRecord | undefined>
}

/** What is known of the configured applications. Throws QUEUE_UNAVAILABLE within 2 s. */
export function createRecordReader(deps: ReaderDeps): Reader {
  const { applications, records, store, strangers } = deps
  const view = async (names: readonly string[]) => {
    const [wanted, statuses] = await Promise.all([records.read(names), store.statuses(names)])
    return names.map((name, index) => viewOne(name, wanted[index], statuses[index]))
  }
  return {
    applications: () => answering(() => view(applications())),
    application: (name) =>
      answering(async () => (applications().includes(name) ? (await view([name]))[0] : undefined)),
    // One that has come back is told by the watcher a moment later.
    unconfigured: async () =>
      (await strangers.read()).filter(({ name }) => !applications().includes(name)),
    syncs: (application) => answering(() => store.syncs(application)),
    sync: (id) => answering(() => store.sync(id)),
  }
}

function viewOne(
  name: string,
  record: ApplicationRecord | undefined,
  status: ApplicationStatus | undefined,
): ApplicationView {
  return viewApplication(name, { status, paused: record?.paused, retryAt: record?.retryAt })
}
