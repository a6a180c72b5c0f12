import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { StageError } from '../domain/error.ts'
import type { Redact } from '../domain/redact.ts'
import { type ProblemCode, ProblemError, problemDetails, problems } from './problem.ts'

interface Refusal {
  readonly code: ProblemCode
  readonly detail?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Maps every error to its answer, once; what is at fault inside is logged and not shown. */
export function createErrorHandler(redact: Redact) {
  return (
    error: FastifyError | StageError | ProblemError,
    request: FastifyRequest,
    reply: FastifyReply,
  ): void => {
    const refusal = refusalOf(error, redact)
    if (problems[refusal.code].status >= 500) request.log.error({ err: error }, 'request failed')
    void sendProblem(reply, refusal)
  }
}

export function sendProblem(reply: FastifyReply, { code, detail, headers = {} }: Refusal) {
  const problem = problemDetails(code, detail)
  return reply
    .code(problem.status)
    .headers({ 'x-content-type-options': 'nosniff', ...headers })
    .type('application/problem+json')
    .send(JSON.stringify(problem))
}

function refusalOf(error: FastifyError | StageError | ProblemError, redact: Redact): Refusal {
  if (error instanceof ProblemError) return { code: error.code, headers: error.headers }
  if (error instanceof StageError) return stageRefusal(error, redact)
  const { statusCode = 500 } = error
  return { code: statusCode < 500 ? 'BAD_REQUEST' : 'INTERNAL' }
}

function stageRefusal({ code, text }: StageError, redact: Redact): Refusal {
  switch (code) {
    case 'DELIVERY_UNAUTHENTICATED':
      return { code }
    case 'DELIVERY_MALFORMED':
      return { code, detail: redact(text) }
    case 'QUEUE_UNAVAILABLE':
      return { code, headers: { 'retry-after': '5' } }
    default:
      return { code: 'INTERNAL' }
  }
}
