import { setTimeout as delay } from 'node:timers/promises'
import type { Dispatcher } from 'undici'
import type { Clock } from '../domain/clock.ts'
import type { Connection } from './connection.ts'
import { cancelled, unreachable } from './errors.ts'
import { impersonationHeaders } from './impersonation.ts'
import type { Answer, KubeRequest, Verb } from './kube-request.ts'
import type { ClusterAccess } from './kubeconfig.ts'
import { isCertificateProblem, isClosedByUs } from './network-error.ts'
import { parseJson } from './parse-json.ts'
import { type Outcome, retryDelay } from './retry-policy.ts'
import { createSession } from './session.ts'
import { createThrottle } from './throttle.ts'

/** One exchange, retries counted singly; `code` 0: no answer came. */
export interface RequestObservation {
  readonly verb: Verb
  readonly code: number
  readonly ms: number
}

export interface TransportDeps {
  readonly clusterName: string
  /** Ours, for User-Agent. */
  readonly version: string
  readonly clock: Clock
  readonly loadAccess: () => Promise<ClusterAccess>
  readonly onRequest?: ((observation: RequestObservation) => void) | undefined
  /** In [0, 1). */
  readonly random?: (() => number) | undefined
  readonly wait?: ((ms: number, signal: AbortSignal | undefined) => Promise<void>) | undefined
  readonly timeoutMs?: number | undefined
}

/**
 * HTTP to one API server. Requests are retried when they fail in passing, so each must be harmless
 * to send twice: reads, server-side apply, writes guarded by uid or resourceVersion.
 */
export interface Transport {
  /** The server's answer, whatever its status. Throws when none can be had, or on abort. */
  send(request: KubeRequest): Promise<Answer>
  /** A 2xx answer's bytes as they arrive. The stream breaks after `maxIdleMs` without any. */
  stream(request: KubeRequest, maxIdleMs: number): Promise<StreamAnswer>
  close(): Promise<void>
}

export interface StreamAnswer extends Answer {
  readonly bytes: AsyncIterable<Uint8Array>
}

interface Exchange<T extends Answer> {
  readonly dispatcher: 'requests' | 'watches'
  readonly bodyTimeout: number
  read(response: Dispatcher.ResponseData): Promise<T>
}

export function createTransport(deps: TransportDeps): Transport {
  const { random = Math.random, wait = sleep, timeoutMs = 15_000 } = deps
  const session = createSession(deps.loadAccess, deps.clock)
  const throttle = createThrottle()
  const userAgent = `landfall/${deps.version}`

  async function run<T extends Answer>(request: KubeRequest, exchange: Exchange<T>): Promise<T> {
    let renewed = false
    for (let attempt = 0; ; ) {
      const connection = await session.current()
      const outcome = await attemptInTurn(request, exchange, connection)
      if (request.signal?.aborted === true) throw cancelled(request)
      if (!renewed && needsRenewal(outcome) && session.renew(connection)) {
        renewed = true
        continue
      }
      const waitMs = request.isAskedOnce ? undefined : retryDelay(outcome, attempt, random)
      if (waitMs === undefined) return settle(outcome)
      attempt += 1
      await pause(waitMs, request)
    }
  }

  /** A watch stays for minutes: it takes no turn. */
  async function attemptInTurn<T extends Answer>(
    request: KubeRequest,
    exchange: Exchange<T>,
    connection: Connection,
  ): Promise<Outcome<T>> {
    if (exchange.dispatcher === 'watches') return attemptOnce(request, exchange, connection)
    await throttle.enter()
    let outcome: Outcome<T> | undefined
    try {
      outcome = await attemptOnce(request, exchange, connection)
      return outcome
    } finally {
      throttle.leave(outcome?.kind === 'answer' && outcome.answer.status === 429)
    }
  }

  async function attemptOnce<T extends Answer>(
    request: KubeRequest,
    exchange: Exchange<T>,
    connection: Connection,
  ): Promise<Outcome<T>> {
    const { access } = connection
    const authorization = await access.authorization()
    const started = performance.now()
    let code = 0
    try {
      request.beforeSend?.()
      const response = await connection[exchange.dispatcher].request({
        origin: access.origin,
        path: `${access.basePath}${request.path}`,
        method: methods[request.verb],
        headers: headersOf(request, authorization),
        body: request.body === undefined ? null : Buffer.from(JSON.stringify(request.body)),
        headersTimeout: timeoutMs,
        bodyTimeout: exchange.bodyTimeout,
        signal: request.signal ?? null,
      })
      code = response.statusCode
      return { kind: 'answer', answer: await exchange.read(response) }
    } catch (error: unknown) {
      code = 0
      return { kind: 'broken', error }
    } finally {
      deps.onRequest?.({ verb: request.verb, code, ms: performance.now() - started })
    }
  }

  function headersOf(
    request: KubeRequest,
    authorization: string | undefined,
  ): Record<string, string> {
    const headers: Record<string, string> = {
      'user-agent': userAgent,
      accept: request.accept ?? 'application/json',
      ...impersonationHeaders(request.serviceAccount),
    }
    if (authorization !== undefined) headers['authorization'] = authorization
    if (request.etag !== undefined) headers['if-none-match'] = request.etag
    if (request.body !== undefined) {
      headers['content-type'] = request.contentType ?? 'application/json'
    }
    return headers
  }

  async function pause(ms: number, request: KubeRequest): Promise<void> {
    try {
      await wait(ms, request.signal)
    } catch (error: unknown) {
      if (request.signal?.aborted === true) throw cancelled(request)
      throw error
    }
  }

  function settle<T extends Answer>(outcome: Outcome<T>): T {
    if (outcome.kind === 'answer') return outcome.answer
    throw unreachable(deps.clusterName, outcome.error)
  }

  return {
    send: (request) =>
      run(request, { dispatcher: 'requests', bodyTimeout: timeoutMs, read: readWhole }),
    stream: (request, maxIdleMs) =>
      run(request, { dispatcher: 'watches', bodyTimeout: maxIdleMs, read: readStream }),
    close: () => session.close(),
  }
}

const methods = {
  get: 'GET',
  list: 'GET',
  watch: 'GET',
  create: 'POST',
  update: 'PUT',
  apply: 'PATCH',
  patch: 'PATCH',
  delete: 'DELETE',
} as const satisfies Record<Verb, Dispatcher.HttpMethod>

async function readWhole(response: Dispatcher.ResponseData): Promise<Answer> {
  const text = await response.body.text()
  return { status: response.statusCode, headers: response.headers, body: parseJson(text) }
}

async function readStream(response: Dispatcher.ResponseData): Promise<StreamAnswer> {
  if (response.statusCode !== 200) return { ...(await readWhole(response)), bytes: noBytes() }
  const { statusCode: status, headers, body: bytes } = response
  return { status, headers, body: undefined, bytes }
}

async function* noBytes(): AsyncGenerator<Uint8Array> {}

function needsRenewal(outcome: Outcome<Answer>): boolean {
  if (outcome.kind === 'answer') return outcome.answer.status === 401
  return isCertificateProblem(outcome.error) || isClosedByUs(outcome.error)
}

async function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await delay(ms, undefined, signal === undefined ? {} : { signal })
}
