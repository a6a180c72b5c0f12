/** Every refusal a client can meet: its HTTP status, and what is shown of it. */
export const problems = {
  DELIVERY_UNAUTHENTICATED: { status: 401, title: 'the delivery is not signed by a known secret' },
  DELIVERY_MALFORMED: { status: 400, title: 'the delivery is malformed' },
  DELIVERY_TOO_LARGE: { status: 413, title: 'the body is too large' },
  DELIVERY_TYPE: { status: 415, title: 'the content type is not application/json' },
  DELIVERY_THROTTLED: { status: 429, title: 'too many deliveries failed verification' },
  RECEIVER_BUSY: { status: 503, title: 'too much is being received at once' },
  QUEUE_UNAVAILABLE: { status: 503, title: 'the queue does not answer' },
  UNAUTHENTICATED: { status: 401, title: 'a configured token is needed' },
  FORBIDDEN: { status: 403, title: 'the role of this token does not allow it' },
  NOT_FOUND: { status: 404, title: 'there is nothing here' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'the method is not allowed here' },
  BAD_REQUEST: { status: 400, title: 'the request is malformed' },
  INTERNAL: { status: 500, title: 'something failed inside' },
} as const satisfies Record<string, { status: number; title: string }>

export type ProblemCode = keyof typeof problems

/** A refusal on its way to the error handler. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly code: ProblemCode
  readonly headers: Readonly<Record<string, string>>

  constructor(code: ProblemCode, headers: Readonly<Record<string, string>> = {}) {
    super(problems[code].title)
    this.code = code
    this.headers = headers
  }
}

/** As RFC 9457 has it, with a code that stays. */
export interface ProblemDetails {
  readonly type: 'about:blank'
  readonly title: string
  readonly status: number
  readonly code: ProblemCode
  readonly detail?: string
}

export function problemDetails(code: ProblemCode, detail?: string): ProblemDetails {
  const { status, title } = problems[code]
  return {
    type: 'about:blank',
    title,
    status,
    code,
    ...(detail !== undefined && status < 500 && { detail }),
  }
}
