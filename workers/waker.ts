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

/**
 * Asks for drift jobs: the first object is asked for at once, those that come meanwhile together.
 * What Redis does not take is asked for again until it does.
 */
export interface Waker {
  wake(application: string, key: string): void
  stop(): void
}

const againMs = 1_000

export function createWaker({ records, queue, clock, timers, logger }: WakerDeps): Waker {
  const waiting = new Map<string, Set<string>>()
  const asking = new Set<string>()
  let stopped = false

  /** Whether Redis took it. Never rejects. */
  async function ask(application: string): Promise<boolean> {
    const suspects = [...(waiting.get(application) ?? [])]
    waiting.delete(application)
    try {
      await answering(async () => {
        await records.want(application, { trigger: 'drift', at: clock.now(), suspects })
        await queue.enqueue(application)
      })
      return true
    } catch (error) {
      logger.debug({ application, err: error }, 'drift job not queued yet')
      for (const key of suspects) note(application, key)
      timers.after(againMs, () => void askAll(application))
      return false
    }
  }

  async function askAll(application: string): Promise<void> {
    if (stopped || asking.has(application)) return
    asking.add(application)
    let isTaken = true
    while (isTaken && waiting.has(application)) isTaken = await ask(application)
    asking.delete(application)
  }

  function note(application: string, key: string): void {
    const keys = waiting.get(application) ?? new Set()
    waiting.set(application, keys.add(key))
  }

  return {
    wake(application, key) {
      note(application, key)
      void askAll(application)
    },
    stop() {
      stopped = true
    },
  }
}
