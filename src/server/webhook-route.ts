import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ForgeEvent } from '../domain/event.ts'
import type { Forge } from '../forge/forge.ts'
import type { ByteBudget } from './byte-budget.ts'
import type { FailureLimit } from './failure-limit.ts'
import type { Intake, Receipt, VerifiedListener } from './intake.ts'
import type { ServerLimits } from './limits.ts'
import type { DeliveryOutcome, ServerMetrics } from './metrics.ts'
import { parseJson } from './parse-json.ts'
import { ProblemError } from './problem.ts'
import { readBody } from './read-body.ts'

interface WebhookDeps {
  readonly forges: () => ReadonlyMap<string, Forge>
  readonly intake: Intake
  readonly onVerified: VerifiedListener
  readonly metrics: ServerMetrics
  readonly budget: ByteBudget
  readonly failures: FailureLimit
  readonly limits: ServerLimits
}

interface WebhookRoute {
  Params: { forge: string }
}
type WebhookRequest = FastifyRequest<WebhookRoute>

const otherMethods = ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

/**
 * POST /webhooks/:forge. What the headers can refuse is refused before the body is read, what the
 * signature can refuse before it is parsed.
 */
export function registerWebhookRoute(app: FastifyInstance, deps: WebhookDeps): void {
  app.decorateRequest('receipt')
  app.post<WebhookRoute>('/webhooks/:forge', {
    onRequest: async (request) => admit(request, deps),
    onResponse: async (request, reply) => record(request, reply, deps),
    handler: async (request, reply) => {
      const forge = forgeOf(request, deps)
      const { event, deliveryId } = await receive(request, forge, deps)
      const receipt = await deps.intake.accept({ forge: forge.key, deliveryId, event })
      request.setDecorator('receipt', receipt)
      logReceipt(request, event, receipt)
      return reply.code(202).send({ delivery: deliveryId ?? null, ...answerOf(receipt) })
    },
  })
  app.route({
    method: [...otherMethods],
    url: '/webhooks/:forge',
    handler: () => {
      throw new ProblemError('METHOD_NOT_ALLOWED', { allow: 'POST' })
    },
  })
}

function forgeOf({ params }: WebhookRequest, { forges }: WebhookDeps): Forge {
  const forge = forges().get(params.forge)
  if (forge === undefined) throw new ProblemError('NOT_FOUND')
  return forge
}

function admit(request: WebhookRequest, deps: WebhookDeps): void {
  const { headers } = request
  if (!forgeOf(request, deps).admits(headers)) throw unauthenticated(request, deps)
  // Exactly these: what a parser makes of stray blanks is how checks were passed by before.
  if (!/^application\/json(?:; ?charset=utf-8)?$/i.test(headers['content-type'] ?? '')) {
    throw new ProblemError('DELIVERY_TYPE')
  }
  if (Number(headers['content-length'] ?? 0) > deps.limits.bodyBytes) {
    throw new ProblemError('DELIVERY_TOO_LARGE')
  }
}

async function receive(request: WebhookRequest, forge: Forge, deps: WebhookDeps) {
  const lease = deps.budget.lease()
  try {
    const body = await readBody(request.raw, deps.limits.bodyBytes, lease)
    if (body.kind === 'too-large') throw new ProblemError('DELIVERY_TOO_LARGE')
    if (body.kind === 'no-room') throw new ProblemError('RECEIVER_BUSY', { 'retry-after': '1' })
    if (body.kind === 'aborted') throw new ProblemError('BAD_REQUEST')
    if (!(await forge.verifies(request.headers, body.bytes))) throw unauthenticated(request, deps)
    const { headers } = request
    deps.onVerified({ forge: forge.key, headers, body: body.bytes })
    const payload = parseJson(body.bytes, deps.limits.jsonDepth)
    return {
      event: forge.event(headers, payload),
      deliveryId: forge.deliveryId(headers),
    }
  } finally {
    lease.release()
  }
}

// A valid delivery passes whatever else came from its address: behind a proxy all addresses are one.
function unauthenticated(request: WebhookRequest, { failures }: WebhookDeps): ProblemError {
  const failure = failures.fail(request.ip)
  if (failure.kind === 'over') {
    const seconds = String(failure.retryAfterSeconds)
    return new ProblemError('DELIVERY_THROTTLED', { 'retry-after': seconds })
  }
  request.log.warn({ address: request.ip, path: request.url }, 'delivery failed verification')
  return new ProblemError('DELIVERY_UNAUTHENTICATED')
}

function answerOf(receipt: Receipt): { accepted: number; ignored?: string } {
  switch (receipt.kind) {
    case 'accepted':
      return { accepted: receipt.applications }
    case 'ignored':
      return { accepted: 0, ignored: receipt.reason }
    case 'duplicate':
      return { accepted: 0, ignored: 'this delivery was received before' }
  }
}

function logReceipt(request: WebhookRequest, event: ForgeEvent, receipt: Receipt): void {
  const hint =
    event.kind === 'push' || event.kind === 'merged'
      ? { repository: event.repository.id, ref: event.ref }
      : {}
  const forge = request.params.forge
  request.log.info({ forge, event: event.kind, ...hint, ...receipt }, 'delivery received')
}

function record(request: WebhookRequest, reply: FastifyReply, { forges, metrics }: WebhookDeps) {
  const forge = forges().has(request.params.forge) ? request.params.forge : 'unknown'
  const receipt = request.getDecorator<Receipt | undefined>('receipt')
  const outcome = receipt?.kind ?? refusedOutcome(reply.statusCode)
  metrics.delivered(forge, outcome, reply.elapsedTime / 1000)
}

const outcomes: Readonly<Record<number, DeliveryOutcome>> = {
  400: 'malformed',
  401: 'unauthenticated',
  429: 'throttled',
  503: 'unavailable',
}

function refusedOutcome(status: number): DeliveryOutcome {
  return outcomes[status] ?? (status < 500 ? 'refused' : 'failed')
}
