import type { Redis } from 'ioredis'
import type { Application } from '../domain/application.ts'
import type { Want } from '../domain/application-record.ts'
import type { Clock } from '../domain/clock.ts'
import type { ForgeEvent } from '../domain/event.ts'
import { matchApplications } from '../domain/match.ts'
import { answering } from './answering.ts'
import type { Keys } from './keys.ts'
import { findRepository } from './known-repositories.ts'
import type { SyncQueue } from './sync-queue.ts'
import { recordDelivery, rememberDelivery } from './want-scripts.ts'

interface IntakeDeps {
  readonly redis: Redis
  readonly keys: Keys
  readonly queue: SyncQueue
  /** Those configured now. */
  readonly applications: () => ReadonlyMap<string, Application>
  readonly clock: Clock
  /** Hears of a delivery that was queued and could not be remembered. */
  readonly onError: (error: unknown) => void
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

type Concerned = readonly [Application, ...Application[]]

const untracked: Receipt = { kind: 'ignored', reason: 'no application tracks this repository' }

/** Queues what verified deliveries concern. Throws QUEUE_UNAVAILABLE within 2 s. */
export function createIntake(deps: IntakeDeps): Intake {
  const { redis, keys, queue, applications, clock, onError } = deps

  const acceptRenamed = async (delivery: Delivery, id: string): Promise<Receipt> => {
    const { forge, event } = delivery
    const formerUrl = await findRepository(redis, keys, { forge, id })
    if (formerUrl === undefined) return untracked
    const match = matchApplications(event, forge, applications().values(), formerUrl)
    switch (match.kind) {
      case 'matched':
        return queueAll(delivery, id, match.applications)
      case 'ignored':
        return match
      case 'unknown':
        return untracked
    }
  }

  // Two round trips, one after the other; a link to Redis may be slow.
  const queueAll = async (
    { forge, deliveryId, event }: Delivery,
    id: string,
    concerned: Concerned,
  ): Promise<Receipt> => {
    const names = concerned.map(({ name }) => name)
    const isNew = await recordDelivery(redis, keys, {
      forge,
      deliveryId,
      repository: { id, url: concerned[0].repo },
      applications: names,
      want: wantOf(event, clock.now()),
    })
    if (!isNew) return { kind: 'duplicate' }
    await Promise.all(names.map((name) => queue.enqueue(name)))
    // The answer does not wait for it: a redelivery that is not known queues once more, no worse.
    rememberDelivery(redis, keys, { forge, deliveryId }).catch(onError)
    return { kind: 'accepted', applications: names.length }
  }

  return {
    async accept(delivery) {
      const { forge, event } = delivery
      const match = matchApplications(event, forge, applications().values())
      if (match.kind === 'ignored') return match
      const { id } = match.repository
      return answering(async () => {
        if (match.kind === 'unknown') return acceptRenamed(delivery, id)
        return queueAll(delivery, id, match.applications)
      })
    },
  }
}

function wantOf(event: ForgeEvent, at: number): Want {
  return event.kind === 'push'
    ? { trigger: 'push', at, expectedSha: event.after }
    : { trigger: 'pull-request', at }
}
