import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { Clock } from '../domain/clock.ts'
import type { Redact } from '../domain/redact.ts'
import type { AccessToken } from '../domain/settings.ts'
import type { Forge } from '../forge/forge.ts'
import { type Caller, createAccess } from './access.ts'
import { registerApiRoutes } from './api-routes.ts'
import type { ApplicationControl } from './application-control.ts'
import { boundAnswers } from './bound-answers.ts'
import { createByteBudget } from './byte-budget.ts'
import { createApp } from './create-app.ts'
import { createFailureLimit } from './failure-limit.ts'
import type { Intake, VerifiedListener } from './intake.ts'
import { defaultLimits, type ServerLimits } from './limits.ts'
import type { ServerMetrics } from './metrics.ts'
import { type Readiness, registerProbeRoutes } from './probe-routes.ts'
import type { RecordReader } from './record-reader.ts'
import { registerSyncRoutes } from './sync-routes.ts'
import { registerWebhookRoute } from './webhook-route.ts'

export interface ServerDeps {
  readonly trustProxy: boolean
  /** Those configured now; asked for each request. */
  readonly tokens: () => readonly AccessToken[]
  /** Those configured now; asked for each delivery. */
  readonly forges: () => ReadonlyMap<string, Forge>
  readonly intake: Intake
  readonly onVerified: VerifiedListener
  readonly records: RecordReader
  /** Names of the clusters that have a witness now. */
  readonly witnesses: () => readonly string[]
  readonly control: ApplicationControl
  readonly isReady: () => Promise<Readiness>
  readonly redact: Redact
  readonly metrics: ServerMetrics
  readonly clock: Clock
  readonly logger: FastifyBaseLogger | undefined
  /** True for the instance behind the unix socket: whoever may open it is an operator. */
  readonly trusted: boolean
  readonly limits?: ServerLimits
}

/** The HTTP server, not listening yet. Errors of the queue and the records are answered, none is thrown. */
export function createServer(deps: ServerDeps): FastifyInstance {
  const limits = deps.limits ?? defaultLimits
  const app = createApp({
    trustProxy: deps.trustProxy,
    logger: deps.logger,
    limits,
    redact: deps.redact,
  })
  const { intake, records, control, isReady } = boundAnswers(deps, limits.answerMs)

  registerWebhookRoute(app, {
    forges: deps.forges,
    intake,
    onVerified: deps.onVerified,
    metrics: deps.metrics,
    budget: createByteBudget(limits.inFlightBytes),
    failures: createFailureLimit(limits.failuresPerMinute, deps.clock),
    limits,
  })
  registerProbeRoutes(app, { isReady, registry: deps.metrics.registry })
  registerSyncRoutes(app, { records, redact: deps.redact })

  const callerByToken = createAccess(deps.tokens)
  const local: Caller = { name: 'local socket', role: 'operator' }
  const { redact, trusted } = deps
  app.register(
    async (api) => {
      registerApiRoutes(api, {
        callerOf: ({ headers }) => (trusted ? local : callerByToken(headers.authorization)),
        records,
        control,
        witnesses: deps.witnesses,
        redact,
      })
    },
    { prefix: '/api/v1' },
  )
  return app
}
