import type { Logger } from 'pino'
import type { Clock } from '../src/domain/clock.ts'
import type { Timers } from '../src/engine/timers.ts'
import { answering } from '../src/queue/answering.ts'
import type { ApplicationRecords } from '../src/queue/application-records.ts'
import type { SyncQueue } from '../src/queue/sync-queue.ts'

interface WakerDeps {
  readonly records: Pick<ApplicationRecords, 'want'>
  readonly queue: Pick<SyncQueue, 'enqueue'>
  readonly clock: Clock
  readonly timers: Timers
  readonly logger: Logger
}

/** Asks for drift jobs. What Redis does not take is asked for again until it does. */
export interface Waker {
  wake(application: string): void
  stop(): void
}

const againMs = 1_000

export function createWaker({ records, queue, clock, timers, logger }: WakerDeps): Waker {
  const waiting = new Set<string>()
  let stopped = false

  async function ask(application: string): Promise<void> {
    try {
      await answering(async () => {
        await records.want(application, { trigger: 'drift', at: clock.now() })
        await queue.enqueue(application)
      })
      waiting.delete(application)
    } catch (error) {
      logger.debug({ application, err: error }, 'drift job not queued yet')
      if (!stopped) timers.after(againMs, () => void ask(application))
    }
  }

  return {
    wake(application) {
      if (stopped) return
      waiting.add(application)
      // Never rejects.
      void ask(application)
    },
    stop() {
      stopped = true
    },
  }
}
