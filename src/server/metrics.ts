import { Counter, Histogram, type Registry } from 'prom-client'

export type DeliveryOutcome =
  | 'accepted'
  | 'ignored'
  | 'duplicate'
  | 'unauthenticated'
  | 'malformed'
  | 'refused'
  | 'throttled'
  | 'unavailable'
  | 'failed'

export interface ServerMetrics {
  readonly registry: Registry
  /** `forge` is a configured key, never what a request says. */
  delivered(forge: string, outcome: DeliveryOutcome, seconds: number): void
}

/** Registers the receiver's metrics; once per registry. */
export function createServerMetrics(registry: Registry): ServerMetrics {
  const deliveries = new Counter({
    name: 'landfall_webhook_deliveries_total',
    help: 'Webhook deliveries by what became of them',
    labelNames: ['forge', 'outcome'],
    registers: [registry],
  })
  const duration = new Histogram({
    name: 'landfall_webhook_duration_seconds',
    help: 'Time from a delivery to its answer',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  })
  return {
    registry,
    delivered(forge, outcome, seconds) {
      deliveries.inc({ forge, outcome })
      duration.observe(seconds)
    },
  }
}
