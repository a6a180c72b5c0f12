import { EventEmitter, once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface PostedStatus {
  readonly repo: string
  readonly sha: string
  /** In the forge's own words. */
  readonly state: string
  readonly context: string
  readonly description: string
  readonly targetUrl: string | undefined
  /** Short branch name; only GitLab is sent one. */
  readonly ref: string | undefined
}

export interface FakeAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

export interface FakeRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: unknown
}

/** A forge's status API over HTTP on a port of its own; remembers what it accepted. */
export interface FakeForge {
  readonly url: string
  readonly apiUrl: string
  readonly token: string
  readonly statuses: readonly PostedStatus[]
  readonly requests: readonly FakeRequest[]
  /** What was sent against the forge's published rules; a test asserts it is empty. */
  readonly violations: readonly string[]
  /** Answers the next request so, whatever it asks. */
  answerNext(answer: FakeAnswer): void
  /** While away it closes every connection without an answer. */
  isAway: boolean
  /** The commit is not served until `serve`. */
  hide(sha: string): void
  serve(sha: string): void
  /** Resolves with the first accepted status that fits, also one of before. */
  status(fits: (status: PostedStatus) => boolean): Promise<PostedStatus>
  close(): Promise<void>
}

export interface FakeState {
  readonly statuses: PostedStatus[]
  readonly violations: string[]
  readonly hidden: Set<string>
}

interface FakeOptions {
  readonly token: string
  /** Path of the API below the forge's URL. */
  readonly apiPath: string
  answer(request: FakeRequest, state: FakeState): FakeAnswer
}

export async function startFakeForge(options: FakeOptions): Promise<FakeForge> {
  const state: FakeState = { statuses: [], violations: [], hidden: new Set() }
  const requests: FakeRequest[] = []
  const planned: FakeAnswer[] = []
  let isAway = false
  const accepted = new EventEmitter().setMaxListeners(0)

  const handle = async (incoming: IncomingMessage, response: ServerResponse) => {
    const request = await readRequest(incoming)
    requests.push(request)
    if (isAway) {
      incoming.socket.destroy()
      return
    }
    const known = state.statuses.length
    const answer = planned.shift() ?? options.answer(request, state)
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers })
    response.end(JSON.stringify(answer.body ?? {}))
    if (state.statuses.length > known) accepted.emit('status')
  }
  const server = createServer((incoming, response) => {
    handle(incoming, response).catch((error: unknown) => response.destroy(error as Error))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    url,
    apiUrl: `${url}${options.apiPath}`,
    token: options.token,
    statuses: state.statuses,
    requests,
    violations: state.violations,
    answerNext: (answer) => void planned.push(answer),
    get isAway() {
      return isAway
    },
    set isAway(away) {
      isAway = away
    },
    hide: (sha) => void state.hidden.add(sha),
    serve: (sha) => void state.hidden.delete(sha),
    async status(fits) {
      for (;;) {
        const found = state.statuses.find(fits)
        if (found !== undefined) return found
        await once(accepted, 'status')
      }
    },
    async close() {
      if (!server.listening) return
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function readRequest(incoming: IncomingMessage): Promise<FakeRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString()
  return {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers: incoming.headers,
    body: text === '' ? undefined : JSON.parse(text),
  }
}
