import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serveGit } from '../../src/local/git-http-backend.ts'

/** What the server does with the next request. */
export type Behaviour =
  | { readonly kind: 'serve' }
  /** Bare repositories of another folder: a replica that lags behind. */
  | { readonly kind: 'serveFrom'; readonly root: string }
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'status'; readonly code: number }
  /** Answers the headers and then nothing more. */
  | { readonly kind: 'stall' }
  /** Closes the connection after so many bytes of a pack. */
  | { readonly kind: 'cut'; readonly afterBytes: number }

export interface GitHttpServer {
  /** http://127.0.0.1:port */
  readonly url: string
  readonly requests: readonly SeenRequest[]
  behaviour: Behaviour
  /** Resolves when the next request has come in. */
  nextRequest(): Promise<void>
  close(): Promise<void>
}

export interface SeenRequest {
  readonly method: string
  readonly url: string
  readonly authorization: string | undefined
}

interface GitHttpServerOptions {
  /** Folder of bare repositories: `<url>/deploy.git` is `<root>/deploy.git`. */
  readonly root: string
  /** Basic authentication's password, or which ones are good; any user name. */
  readonly token?: string | ((given: string) => boolean)
}

/** git's own smart HTTP server, `git http-backend`, on a free port of the loopback interface. */
export async function startGitHttpServer(options: GitHttpServerOptions): Promise<GitHttpServer> {
  const requests: SeenRequest[] = []
  const state: { behaviour: Behaviour } = { behaviour: { kind: 'serve' } }
  const server = createServer((request, response) => {
    const { authorization } = request.headers
    requests.push({ method: request.method ?? '', url: request.url ?? '', authorization })
    if (options.token !== undefined && !isAuthorized(authorization, options.token)) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end()
      return
    }
    answer(state.behaviour, options.root, request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    get behaviour() {
      return state.behaviour
    },
    set behaviour(behaviour) {
      state.behaviour = behaviour
    },
    nextRequest: async () => {
      await once(server, 'request')
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const systemPath = process.env['PATH'] ?? '/usr/bin:/bin'

function isAuthorized(
  header: string | undefined,
  token: string | ((given: string) => boolean),
): boolean {
  const [scheme, value = ''] = header?.split(' ') ?? []
  const [, given = ''] = Buffer.from(value, 'base64').toString().split(':')
  return scheme === 'Basic' && (typeof token === 'string' ? given === token : token(given))
}

function answer(
  behaviour: Behaviour,
  root: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  switch (behaviour.kind) {
    case 'serve':
      return serveGit({ root, path: systemPath }, request, response)
    case 'serveFrom':
      return serveGit({ root: behaviour.root, path: systemPath }, request, response)
    case 'cut':
      if (request.method === 'POST') cutBody(response, behaviour.afterBytes)
      return serveGit({ root, path: systemPath }, request, response)
    case 'redirect':
      response.writeHead(302, { location: `${behaviour.to}${request.url}` }).end()
      return
    case 'status':
      response.writeHead(behaviour.code).end()
      return
    case 'stall':
      response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' })
      response.write('0')
  }
}

/** Destroys the connection once that much of the body was sent. */
function cutBody(response: ServerResponse, maxBytes: number): void {
  const write = response.write.bind(response)
  let sent = 0
  response.write = (chunk: Buffer) => {
    const more = write(chunk.subarray(0, maxBytes - sent))
    sent += chunk.length
    if (sent > maxBytes) response.destroy()
    return more
  }
}
