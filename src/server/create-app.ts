import type { IncomingMessage } from 'node:http'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyServerFactory,
  LogController,
} from 'fastify'
import type { Redact } from '../domain/redact.ts'
import { createErrorHandler, sendProblem } from './error-handler.ts'
import type { ServerLimits } from './limits.ts'

interface AppOptions {
  readonly trustProxy: boolean
  readonly logger: FastifyBaseLogger | undefined
  readonly limits: ServerLimits
  readonly redact: Redact
  /** undefined: it speaks HTTP. */
  readonly serverFactory?: FastifyServerFactory
}

/** A Fastify app that parses no body, closes slow clients and answers every error as problem JSON. */
export function createApp(options: AppOptions): FastifyInstance {
  const { trustProxy, logger, limits, redact, serverFactory } = options
  const handleError = createErrorHandler(redact)
  const app = Fastify({
    trustProxy,
    ...(logger === undefined ? { logger: false } : { loggerInstance: logger }),
    logController: new LogController({ disableRequestLogging: true }),
    requestTimeout: limits.requestMs,
    // Node looks for slow connections every 30 s unless told otherwise.
    http: { headersTimeout: limits.headersMs, connectionsCheckingInterval: 500 },
    frameworkErrors: handleError,
    ...(serverFactory !== undefined && { serverFactory }),
  })
  app.server.maxConnections = limits.connections
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  closeInTime(app, limits.requestMs)
  app.addHook('onResponse', async ({ raw }) => {
    if (!raw.complete) discard(raw, limits.lingerMs)
  })
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff')
  })
  app.setErrorHandler(handleError)
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, { code: 'NOT_FOUND' }))
  return app
}

// A server that closes no longer enforces its timeouts, and waits for every request.
function closeInTime(app: FastifyInstance, ms: number): void {
  let timer: NodeJS.Timeout | undefined
  app.addHook('preClose', async () => {
    timer = setTimeout(() => app.server.closeAllConnections(), ms)
  })
  app.addHook('onClose', async () => clearTimeout(timer))
}

// Many clients send all they have before they read an answer: they get a moment to, and no more.
// Unread, a socket would not even tell that the other side has closed it.
function discard(body: IncomingMessage, ms: number): void {
  const timer = setTimeout(() => body.destroy(), ms)
  timer.unref()
  body.once('close', () => clearTimeout(timer))
  body.resume()
}
