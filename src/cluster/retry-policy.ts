import type { Answer } from './kube-request.ts'
import { isLostConnection, isTimeout } from './network-error.ts'
import { statusOf } from './status.ts'

/** How one attempt ended: the server spoke, or the connection did not hold. */
export type Outcome<T extends Answer = Answer> =
  | { readonly kind: 'answer'; readonly answer: T }
  | { readonly kind: 'broken'; readonly error: unknown }

const maxRetries = 3
const longestRetryAfterMs = 10_000

/** Milliseconds to wait before the same request goes out again; undefined: this outcome stands. */
export function retryDelay(
  outcome: Outcome,
  attempt: number,
  random: () => number,
): number | undefined {
  if (outcome.kind === 'broken') {
    if (attempt < retriesOfBroken(outcome.error)) return backoff(attempt, random)
    return undefined
  }
  if (attempt >= maxRetries || !isTransient(outcome.answer)) return undefined
  const asked = retryAfterMs(outcome.answer)
  if (asked === undefined) return backoff(attempt, random)
  if (asked > longestRetryAfterMs) return undefined
  // Everybody was told the same second: spread them over a quarter of it more.
  return asked * (1 + random() / 4)
}

/** What the server asked for, in milliseconds. */
export function retryAfterMs(answer: Answer): number | undefined {
  const header = Number(answer.headers['retry-after'])
  const seconds = Number.isFinite(header) ? header : statusOf(answer.body).details.retryAfterSeconds
  return seconds > 0 ? seconds * 1000 : undefined
}

function backoff(attempt: number, random: () => number): number {
  return 200 * 3 ** attempt * (0.5 + random())
}

function retriesOfBroken(error: unknown): number {
  if (isTimeout(error)) return 1
  return isLostConnection(error) ? maxRetries : 0
}

function isTransient(answer: Answer): boolean {
  if (answer.status === 429 || answer.status === 503 || answer.status === 504) return true
  const { message } = statusOf(answer.body)
  if (answer.status === 500) return !isLastingServerError(message)
  // Two writers met on the quota's own object; nothing of ours was stored.
  return (
    answer.status === 409 && message.startsWith('Operation cannot be fulfilled on resourcequotas')
  )
}

// 500 is also what a broken webhook of the cluster and an unparsable object come as: a webhook
// that hangs for 30 s is not to be asked four times, and the object stays what it is.
function isLastingServerError(message: string): boolean {
  return /webhook|failed to create typed|failed to convert|request is too large/.test(message)
}
