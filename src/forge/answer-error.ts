import { truncate } from '../domain/commit-status.ts'
import { type Retry, StageError } from '../domain/error.ts'
import { exhaustedMs } from './rate-limit.ts'

/** What a forge answered to a posted status. */
export interface Answer {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | number | undefined>>
  /** The forge's own words. */
  readonly message: string
}

const backoff: Retry = { kind: 'backoff' }
// GitHub asks for at least a minute where it names no time:
// https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
const unnamedWaitMs = 60_000
const longestWaitMs = 3_600_000

/** The failure an answer means. `what` says what was posted where. */
export function answerError(what: string, answer: Answer, now: number): StageError {
  const { status } = answer
  const said = describe(answer)
  if (isThrottled(answer)) {
    const retry: Retry = { kind: 'after', ms: waitMs(answer, now) }
    return new StageError('FORGE_THROTTLED', `${what}: ${said}; it is sent later`, { retry })
  }
  if (status >= 500) return new StageError('FORGE_UNREACHABLE', `${what}: ${said}`)
  if (status === 401 || status === 403) {
    const step = 'give the forge a token that may write commit statuses'
    return new StageError('FORGE_DENIED', `${what}: ${said}; ${step}`)
  }
  if (status === 409) {
    return new StageError('FORGE_THROTTLED', `${what}: ${said}; another update is in progress`)
  }
  if (status === 404 || isUnknownCommit(answer)) {
    const step = 'the commit is not served yet, or the token does not see the repository'
    return new StageError('FORGE_REJECTED', `${what}: ${said}; ${step}`, { retry: backoff })
  }
  if (status >= 300 && status < 400) {
    const step = 'redirects are not followed; configure the address the repository has now'
    return new StageError('FORGE_REJECTED', `${what}: ${said}; ${step}`)
  }
  return new StageError('FORGE_REJECTED', `${what}: ${said}`)
}

/** The failure of a request that got no answer. */
export function unreachableError(what: string, cause: unknown): StageError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new StageError('FORGE_UNREACHABLE', `${what}: no answer: ${reason}`, { cause })
}

function describe({ status, message }: Answer): string {
  const words = truncate(message.replace(/\s+/g, ' ').trim(), 200)
  return words === '' ? `the forge answered ${status}` : `the forge answered ${status}, ${words}`
}

function isThrottled({ status, headers, message }: Answer): boolean {
  if (status === 429) return true
  if (status !== 403) return false
  return (
    headers['retry-after'] !== undefined ||
    headers['x-ratelimit-remaining'] === '0' ||
    /\brate limit\b/i.test(message)
  )
}

// A replica that lags answers 422 where the commit itself is unknown, 404 where more is.
function isUnknownCommit({ status, message }: Answer): boolean {
  return status === 422 && /no commit found/i.test(message)
}

function waitMs({ headers }: Answer, now: number): number {
  const named =
    retryAfterMs(headers['retry-after'], now) ?? exhaustedMs(headers, now) ?? unnamedWaitMs
  return Math.min(Math.max(named, 1000), longestWaitMs)
}

function retryAfterMs(value: string | number | undefined, now: number): number | undefined {
  if (value === undefined) return undefined
  if (/^\d+$/.test(String(value))) return Number(value) * 1000
  const date = Date.parse(String(value))
  return Number.isNaN(date) ? undefined : date - now
}
