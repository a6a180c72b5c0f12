import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { Redact } from '../src/domain/redact.ts'
import type { ServerSettings } from '../src/domain/settings.ts'
import { closeApp } from '../src/server/close-app.ts'
import { createApp } from '../src/server/create-app.ts'
import { defaultLimits } from '../src/server/limits.ts'
import { registerProbeRoutes } from '../src/server/probe-routes.ts'
import type { RedisGate } from './redis-gate.ts'
import type { Receiver } from './start-receiver.ts'

interface ProbesDeps {
  readonly settings: ServerSettings
  readonly gate: RedisGate
  readonly registry: Registry
  readonly redact: Redact
  readonly logger: Logger
}

/** What a worker answers: whether it lives, whether it is ready, and its metrics. */
export async function startProbes(deps: ProbesDeps): Promise<Receiver> {
  const { settings, gate, registry, redact, logger } = deps
  const { host, port, trustProxy } = settings
  const app = createApp({ trustProxy, logger, limits: defaultLimits, redact })
  registerProbeRoutes(app, { isReady: () => gate.isReady(), registry })
  return { url: await app.listen({ host, port }), close: () => closeApp(app) }
}
