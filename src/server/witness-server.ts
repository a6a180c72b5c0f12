import { timingSafeEqual } from 'node:crypto'
import { createServer as createHttpsServer, type Server } from 'node:https'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { Counter, Histogram, type Registry } from 'prom-client'
import type { Redact } from '../domain/redact.ts'
import {
  type AdmissionAnswer,
  type AdmissionRequest,
  answerReview,
  parseReview,
} from '../engine/witness/admission-review.ts'
import { type Asked, asked } from '../engine/witness/asked.ts'
import { createByteBudget } from './byte-budget.ts'
import { createApp } from './create-app.ts'
import { defaultLimits, type ServerLimits } from './limits.ts'
import { parseJson } from './parse-json.ts'
import { ProblemError } from './problem.ts'
import { readBody } from './read-body.ts'

/** What the server shows, and what it asks for. */
export interface WitnessIdentity {
  /** PEM. */
  readonly cert: string
  readonly key: string
  /** Part of the path. */
  readonly token: string
}

export interface WitnessServerDeps {
  readonly cluster: string
  readonly identity: WitnessIdentity
  readonly review: (what: Asked, request: AdmissionRequest) => Promise<AdmissionAnswer>
  /** Somebody does not trust it, or does not know the token: it may have been installed anew. */
  readonly onStranger: () => void
  readonly metrics: WitnessMetrics
  readonly redact: Redact
  readonly logger: FastifyBaseLogger
}

export interface WitnessServer {
  readonly app: FastifyInstance
  /** From the next connection on. */
  renew(identity: WitnessIdentity): void
}

export interface WitnessMetrics {
  answered(told: WitnessedRequest): void
}

interface WitnessedRequest {
  readonly cluster: string
  readonly what: Asked
  readonly outcome: 'allowed' | 'warned' | 'denied'
  readonly seconds: number
}

// An object of etcd has 1.5 MiB at most; it comes before and after the change.
const limits: ServerLimits = { ...defaultLimits, bodyBytes: 8 * 1024 * 1024, jsonDepth: 1_000 }

const tlsVersion = 'TLSv1.2'

const options = {
  minVersion: tlsVersion,
  // Fastify sets none of them for a server that it did not make.
  headersTimeout: limits.headersMs,
  requestTimeout: limits.requestMs,
  connectionsCheckingInterval: 500,
  // API servers keep a connection for 90 s: it must not end under a question.
  keepAliveTimeout: 120_000,
} as const

/** Registers the witness' metrics; once per registry. */
export function createWitnessMetrics(registry: Registry): WitnessMetrics {
  const requests = new Counter({
    name: 'landfall_witness_requests_total',
    help: 'Questions of API servers to the witness, by how they were answered',
    labelNames: ['cluster', 'what', 'outcome'],
    registers: [registry],
  })
  const duration = new Histogram({
    name: 'landfall_witness_duration_seconds',
    help: 'Time from a question of an API server to its answer',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
    registers: [registry],
  })
  return {
    answered({ cluster, what, outcome, seconds }) {
      requests.inc({ cluster, what, outcome })
      duration.observe(seconds)
    },
  }
}

/**
 * The HTTPS server that the API server of one cluster asks, not listening yet. Whoever does not
 * know the token learns nothing: a made-up question would put words into somebody's mouth.
 */
export function createWitnessServer(deps: WitnessServerDeps): WitnessServer {
  let { token } = deps.identity
  const { cert, key } = deps.identity
  let server: Server | undefined
  const app = createApp({
    trustProxy: false,
    logger: deps.logger,
    limits,
    redact: deps.redact,
    serverFactory(handler) {
      server = createHttpsServer({ cert, key, ...options }, handler)
      server.on('tlsClientError', deps.onStranger)
      return server
    },
  })
  const budget = createByteBudget(limits.inFlightBytes)

  app.post<{ Params: { token: string; what: string } }>(
    '/witness/:token/:what',
    async (request, reply) => {
      const { params } = request
      const what = asked.find((one) => one === params.what)
      if (what === undefined || !isSame(params.token, token)) {
        deps.onStranger()
        throw new ProblemError('NOT_FOUND')
      }
      const question = await read(request.raw)
      const answer = await deps.review(what, question)
      const outcome = answer.warnings.length > 0 ? 'warned' : 'allowed'
      deps.metrics.answered({
        cluster: deps.cluster,
        what,
        outcome: answer.allowed ? outcome : 'denied',
        seconds: reply.elapsedTime / 1000,
      })
      return answerReview(question.uid, answer)
    },
  )

  async function read(raw: Parameters<typeof readBody>[0]): Promise<AdmissionRequest> {
    const lease = budget.lease()
    try {
      const body = await readBody(raw, limits.bodyBytes, lease)
      if (body.kind === 'too-large') throw new ProblemError('DELIVERY_TOO_LARGE')
      if (body.kind === 'no-room') throw new ProblemError('RECEIVER_BUSY', { 'retry-after': '1' })
      if (body.kind === 'aborted') throw new ProblemError('BAD_REQUEST')
      const question = parseReview(parseJson(body.bytes, limits.jsonDepth))
      if (question === undefined) throw new ProblemError('BAD_REQUEST')
      return question
    } finally {
      lease.release()
    }
  }

  return {
    app,
    renew(identity) {
      token = identity.token
      server?.setSecureContext({ cert: identity.cert, key: identity.key, minVersion: tlsVersion })
    },
  }
}

function isSame(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)]
  return a.length === b.length && timingSafeEqual(a, b)
}
