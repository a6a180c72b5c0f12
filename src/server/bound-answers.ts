import { StageError } from '../domain/error.ts'
import type { ApplicationControl } from './application-control.ts'
import type { Intake } from './intake.ts'
import type { Readiness } from './probe-routes.ts'
import type { RecordReader } from './record-reader.ts'

interface Answerers {
  readonly intake: Intake
  readonly records: RecordReader
  readonly control: ApplicationControl
  readonly isReady: () => Promise<Readiness>
}

/** The same, each answering within `ms` or failing with QUEUE_UNAVAILABLE: a lost Redis never hangs a request. */
export function boundAnswers(
  { intake, records, control, isReady }: Answerers,
  ms: number,
): Answerers {
  const bound = <T>(work: Promise<T>) => withDeadline(work, ms)
  return {
    intake: { accept: (delivery) => bound(intake.accept(delivery)) },
    records: {
      applications: () => bound(records.applications()),
      application: (name) => bound(records.application(name)),
      unconfigured: () => bound(records.unconfigured()),
      syncs: (name) => bound(records.syncs(name)),
      sync: (id) => bound(records.sync(id)),
      shells: (name) => bound(records.shells(name)),
      witnessed: (object) => bound(records.witnessed(object)),
    },
    control: {
      sync: (name, by) => bound(control.sync(name, by)),
      pause: (name, by) => bound(control.pause(name, by)),
      resume: (name, by) => bound(control.resume(name, by)),
    },
    isReady: () => bound(isReady()),
  }
}

async function withDeadline<T>(work: Promise<T>, ms: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const late = new StageError('QUEUE_UNAVAILABLE', `no answer within ${ms} ms; look at Redis`)
  const timer = setTimeout(() => reject(late), ms)
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}
