// The process behind fork-receiver.ts.
import { Registry } from 'prom-client'
import { createForge } from '../../src/forge/create-forge.ts'
import { createServer } from '../../src/server/create-server.ts'
import { createServerMetrics } from '../../src/server/metrics.ts'
import { forgeSettings } from './forge-settings.ts'

const clock = { now: () => Date.now() }
const nothing = async () => undefined
const forges = new Map([['github', createForge(forgeSettings(), { fetch, clock })]])

const app = createServer({
  trustProxy: false,
  tokens: () => [],
  forges: () => forges,
  onVerified: () => {},
  intake: { accept: async () => ({ kind: 'accepted', applications: 1 }) },
  records: {
    applications: async () => [],
    application: nothing,
    unconfigured: async () => [],
    syncs: async () => [],
    sync: nothing,
    shells: async () => [],
    witnessed: async () => [],
  },
  witnesses: () => [],
  control: { sync: async () => ({ wantedAt: '' }), pause: nothing, resume: nothing },
  isReady: async () => ({ kind: 'ready' }),
  redact: (text) => text,
  metrics: createServerMetrics(new Registry()),
  clock,
  logger: undefined,
  trusted: false,
})
process.on('message', () => process.send?.(process.memoryUsage().rss))
process.on('disconnect', () => process.exit())
process.send?.(await app.listen({ port: 0, host: '127.0.0.1' }))
