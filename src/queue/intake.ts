import type { Redis } from 'ioredis'
import type { Application } from '../domain/application.ts'
import type { Want } from '../domain/application-record.ts'
import type { Clock } from '../domain/clock.ts'
import type { ForgeEvent } from '../domain/event.ts'
import { matchApplications } from '../domain/match.ts'
import { answering } from './answering.ts'
import type { ApplicationRecords } from './application-records.ts'
import type { Keys } from './keys.ts'
import type { SyncQueue } from './sync-queue.ts'

const rememberedSeconds = 7 * 86_400

interface IntakeDeps {
  readonly redis: Redis
  readonly keys: Keys
  readonly records: ApplicationRecords
  readonly queue: SyncQueue
  readonly applications: ReadonlyMap<string, Application>
  readonly clock: Clock
}

interface Delivery {
  readonly forge: string
  readonly deliveryId: string | undefined
  readonly event: ForgeEvent
}

type Receipt =
  | { readonly kind: 'accepted'; readonly applications: number }
  | { readonly kind: 'ignored'; readonly reason: string }
  | { readonly kind: 'duplicate' }

interface Intake {
  accept(delivery: Delivery): Promise<Receipt>
}

/** Queues what verified deliveries concern. Throws QUEUE_UNAVAILABLE within 2 s. */
export function createIntake(deps: IntakeDeps): Intake {
  return {
    async accept({ forge, deliveryId, event }) {
      const match = matchApplications(event, forge, deps.applications.values())
      if (match.kind === 'ignored') return match
      return answering(async () => {
        const seen = deliveryId === undefined ? undefined : deps.keys.delivery(forge, deliveryId)
        if (seen !== undefined && (await deps.redis.exists(seen)) === 1)
          return { kind: 'duplicate' }
        const want = wantOf(event, deps.clock.now())
        await Promise.all(match.applications.map(({ name }) => queueWant(deps, name, want)))
        // Only now: remembered before, a redelivery of what could not be queued would be swallowed.
        if (seen !== undefined) await deps.redis.set(seen, '1', 'EX', rememberedSeconds, 'NX')
        return { kind: 'accepted', applications: match.applications.length }
      })
    },
  }
}

async function queueWant(
  { records, queue }: Pick<IntakeDeps, 'records' | 'queue'>,
  application: string,
  want: Want,
): Promise<void> {
  await records.want(application, want)
  await queue.enqueue(application)
}

function wantOf(event: ForgeEvent, at: number): Want {
  return event.kind === 'push'
    ? { trigger: 'push', at, expectedSha: event.after }
    : { trigger: 'pull-request', at }
}
