import type { IncomingHttpHeaders } from 'node:http'
import type { ForgeEvent } from '../domain/event.ts'

export interface Delivery {
  readonly forge: string
  /** The forge's own id, the same on a redelivery. */
  readonly deliveryId: string | undefined
  readonly event: ForgeEvent
}

export type Receipt =
  | { readonly kind: 'accepted'; readonly applications: number }
  | { readonly kind: 'ignored'; readonly reason: string }
  | { readonly kind: 'duplicate' }

/** Where verified deliveries go. */
export interface Intake {
  /**
   * Resolves once every concerned application is queued durably; remembers the id only then.
   * Throws QUEUE_UNAVAILABLE.
   */
  accept(delivery: Delivery): Promise<Receipt>
}

/** Hears of every delivery whose signature is right, before it is parsed. Must not throw or wait. */
export type VerifiedListener = (delivery: {
  readonly forge: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}) => void
