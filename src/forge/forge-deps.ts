import type { Clock } from '../domain/clock.ts'

export interface ForgeDeps {
  readonly fetch: typeof fetch
  readonly clock: Clock
}
