import { type ApplicationView, viewApplication } from '../domain/application-view.ts'
import type { SyncRecord } from '../domain/sync.ts'
import type { KeptWitnessRecord } from '../domain/witness-record.ts'
import { isAbout, type WitnessedObject } from '../domain/witnessed-object.ts'
import { answering } from './answering.ts'
import type { ApplicationRecords } from './application-records.ts'
import type { RecordStore } from './record-store.ts'
import type { Stranger, Strangers } from './strangers.ts'
import type { TouchedPods } from './touched-pods.ts'
import type { WitnessRecords } from './witness-records.ts'

interface ReaderDeps {
  /** Names configured now, in the configuration's order. */
  readonly applications: () => readonly string[]
  readonly records: ApplicationRecords
  readonly store: RecordStore
  readonly witnessed: Pick<WitnessRecords, 'list'>
  readonly touched: Pick<TouchedPods, 'all'>
  readonly strangers: Pick<Strangers, 'read'>
}

/** As many as syncs are kept. */
const mostShells = 20

interface Reader {
  applications(): Promise<readonly ApplicationView[]>
  application(name: string): Promise<ApplicationView | undefined>
  /** They have an inventory in a cluster, and are not configured. */
  unconfigured(): Promise<readonly Stranger[]>
  syncs(application: string): Promise<readonly SyncRecord[]>
  sync(id: string): Promise<SyncRecord | undefined>
  /** The newest shells that touched its pods, newest first. */
  shells(application: string): Promise<readonly KeptWitnessRecord[]>
  /** What was done to that object, of whichever application; newest first. */
  witnessed(object: WitnessedObject): Promise<readonly KeptWitnessRecord[]>
}

/** What is known of the configured applications. Throws QUEUE_UNAVAILABLE within 2 s. */
export function createRecordReader(deps: ReaderDeps): Reader {
  const { applications, records, store, strangers, witnessed, touched } = deps
  const view = async (names: readonly string[]) => {
    const [wanted, statuses, pods] = await Promise.all([
      records.read(names),
      store.statuses(names),
      touched.all(),
    ])
    return names.map((name, index) => {
      const record = wanted[index]
      return viewApplication(name, {
        status: statuses[index],
        paused: record?.paused,
        retryAt: record?.retryAt,
        touched: pods.filter(({ application }) => application === name),
      })
    })
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
    shells: async (application) =>
      (await witnessed.list(application))
        .filter(({ pod, isDrift }) => pod !== undefined && isDrift)
        .slice(0, mostShells),
    witnessed: (object) =>
      answering(async () => {
        const found = await Promise.all(applications().map((name) => witnessed.list(name)))
        return found
          .flat()
          .filter((record) => isAbout(record, object))
          .toSorted((a, b) => b.at.localeCompare(a.at))
      }),
  }
}
