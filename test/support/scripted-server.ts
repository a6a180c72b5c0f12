import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'

export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export type Reply = (response: ServerResponse, request: SeenRequest) => void

export interface ScriptedServer {
  readonly origin: string
  readonly seen: readonly SeenRequest[]
  /** Connections opened so far. */
  connections(): number
}

/** An HTTP server that answers each request with the next reply; the last one stays. */
export async function scriptedServer(
  t: Test,
  ...replies: readonly Reply[]
): Promise<ScriptedServer> {
  const seen: SeenRequest[] = []
  let connections = 0
  const server = createServer((request, response) => {
    void answer(request, response) // a broken reply fails the test by what the client sees
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { method = '', url: path = '', headers } = request
    const one = { method, path, headers, body: Buffer.concat(chunks).toString('utf8') }
    const reply = replies[Math.min(seen.length, replies.length - 1)]
    seen.push(one)
    reply?.(response, one)
  }

  server.on('connection', () => {
    connections += 1
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  const { port } = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${port}`, seen, connections: () => connections }
}

export function json(
  status: number,
  body: unknown = {},
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify(body))
  }
}

export const reset: Reply = (response) => {
  response.socket?.resetAndDestroy()
}

export const silence: Reply = () => {}

/** As the API server refuses. */
export function status(code: number, message: string, more: Record<string, unknown> = {}): Reply {
  return json(code, { kind: 'Status', status: 'Failure', code, message, ...more })
}
