import type { Clock } from '../domain/clock.ts'
import { answering } from './answering.ts'
import type { ApplicationRecords } from './application-records.ts'
import type { SyncQueue } from './sync-queue.ts'

interface ControlDeps {
  readonly records: ApplicationRecords
  readonly queue: SyncQueue
  readonly clock: Clock
}

interface Control {
  sync(application: string, by: string): Promise<{ wantedAt: string }>
  pause(application: string, by: string): Promise<void>
  resume(application: string, by: string): Promise<void>
}

/** What operators ask of an application. Throws QUEUE_UNAVAILABLE within 2 s. */
export function createApplicationControl({ records, queue, clock }: ControlDeps): Control {
  const sync = async (application: string) => {
    const at = clock.now()
    await records.want(application, { trigger: 'manual', at })
    await queue.enqueue(application)
    return { wantedAt: new Date(at).toISOString() }
  }
  return {
    sync: (application) => answering(() => sync(application)),
    pause: (application, by) =>
      answering(async () => {
        await records.pause(application, { by, at: new Date(clock.now()).toISOString() })
        // A worker writes it into the cluster, too.
        await queue.enqueue(application)
      }),
    resume: (application) =>
      answering(async () => {
        await records.resume(application)
        await sync(application)
      }),
  }
}
