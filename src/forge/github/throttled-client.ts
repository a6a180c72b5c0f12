import { randomUUID } from 'node:crypto'
import { Octokit } from 'octokit'
import type { ForgeSettings } from '../../domain/settings.ts'
import { boundFetch } from '../bound-fetch.ts'
import type { ForgeDeps } from '../forge-deps.ts'

const silent = { debug() {}, info() {}, warn() {}, error() {} }
/** A clock is brought back by less without anybody setting it. */
const slewMs = 1_000

/**
 * The client of one forge, whose throttling plugin spaces its writes a second apart, as GitHub asks.
 * The plugin counts by the clock of the machine: when that was set back, a client is made anew,
 * since the old one would wait until it has caught up.
 */
export function createThrottledClient(
  settings: ForgeSettings,
  { fetch, clock }: Pick<ForgeDeps, 'fetch' | 'clock'>,
): () => Octokit {
  const offset = () => clock.now() - performance.now()
  const make = () =>
    new Octokit({
      baseUrl: settings.apiUrl,
      userAgent: 'landfall',
      log: silent,
      request: { fetch: boundFetch(fetch) },
      retry: { enabled: false },
      // What the plugin knows of an id outlives a client.
      throttle: {
        id: randomUUID(),
        onRateLimit: () => false,
        onSecondaryRateLimit: () => false,
      },
    })
  let client = make()
  let last = offset()
  return () => {
    const now = offset()
    if (now < last - slewMs) client = make()
    last = now
    return client
  }
}
