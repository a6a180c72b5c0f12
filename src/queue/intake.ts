import type { Redis } from 'ioredis'
import type { Application } from '../domain/application.ts'
import type { Want } from '../domain/application-record.ts'
import type { Clock } from '../domain/clock.ts'
import type { ForgeEvent } from '../domain/event.ts'
import { matchApplications } from '../domain/match.ts'
import { answering } from './answering.ts'
import type { ApplicationRecords } from './application-records.ts'
import type { Keys } from './keys.ts'
import { createKnownRepositories } from './known-repositories.ts'
import type { SyncQueue } from './sync-queue.ts'

const rememberedSeconds = 7 * 86_400

interface IntakeDeps {
  readonly redis: Redis
  readonly keys: Keys
  readonly records: ApplicationRecords
  readonly queue: SyncQueue
  /** Those configured now. */
  readonly applications: () => ReadonlyMap<string, Application>
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

const untracked: Receipt = { kind: 'ignored', reason: 'no application tracks this repository' }

/** Queues what verified deliveries concern. Throws QUEUE_UNAVAILABLE within 2 s. */
export function createIntake(deps: IntakeDeps): Intake {
  const { redis, keys, applications, clock } = deps
  const known = createKnownRepositories(redis, keys)

  const acceptRenamed = async (delivery: Delivery, id: string): Promise<Receipt> => {
    const { forge, event } = delivery
    const formerUrl = await known.find(forge, id)
    if (formerUrl === undefined) return untracked
    const match = matchApplications(event, forge, applications().values(), formerUrl)
    switch (match.kind) {
      case 'matched':
        return queueAll(delivery, match.applications)
      case 'ignored':
        return match
      case 'unknown':
        return untracked
    }
  }

  const queueAll = async (
    { forge, deliveryId, event }: Delivery,
    concerned: readonly Application[],
  ): Promise<Receipt> => {
    const seen = deliveryId === undefined ? undefined : keys.delivery(forge, deliveryId)
    if (seen !== undefined && (await redis.exists(seen)) === 1) return { kind: 'duplicate' }
    const want = wantOf(event, clock.now())
    await Promise.all(concerned.map(({ name }) => queueWant(deps, name, want)))
    // Only now: remembered before, a redelivery of what could not be queued would be swallowed.
    if (seen !== undefined) await redis.set(seen, '1', 'EX', rememberedSeconds, 'NX')
    return { kind: 'accepted', applications: concerned.length }
  }

  return {
    async accept(delivery) {
      const { forge, event } = delivery
      const match = matchApplications(event, forge, applications().values())
      if (match.kind === 'ignored') return match
      const { id } = match.repository
      return answering(async () => {
        if (match.kind === 'unknown') return acceptRenamed(delivery, id)
        const [receipt] = await Promise.all([
          queueAll(delivery, match.applications),
          known.remember(forge, id, match.applications[0].repo),
        ])
        return receipt
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
