import { spawn } from 'node:child_process'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { testGitEnv } from './git-repository.ts'

/** What the server does with the next request. */
export type Behaviour =
  | { readonly kind: 'serve' }
  /** Bare repositories of another folder: a replica that lags behind. */
  | { readonly kind: 'serveFrom'; readonly root: string }
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'status'; readonly code: number }
  /** Answers the headers and then nothing more. */
  | { readonly kind: 'stall' }
  /** Closes the connection after so many bytes of the body. */
  | { readonly kind: 'cut'; readonly afterBytes: number }

export interface GitHttpServer {
  /** http://127.0.0.1:port */
  readonly url: string
  readonly requests: readonly SeenRequest[]
  behaviour: Behaviour
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
  /** Basic authentication's password; any user name. */
  readonly token?: string
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
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function isAuthorized(header: string | undefined, token: string): boolean {
  const [scheme, value = ''] = header?.split(' ') ?? []
  return scheme === 'Basic' && Buffer.from(value, 'base64').toString().endsWith(`:${token}`)
}

function answer(
  behaviour: Behaviour,
  root: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  switch (behaviour.kind) {
    case 'serve':
      return serve(root, request, response, Number.POSITIVE_INFINITY)
    case 'serveFrom':
      return serve(behaviour.root, request, response, Number.POSITIVE_INFINITY)
    case 'cut':
      return serve(root, request, response, behaviour.afterBytes)
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

function serve(
  root: string,
  request: IncomingMessage,
  response: ServerResponse,
  maxBytes: number,
): void {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const backend = spawn('git', ['http-backend'], {
    env: {
      ...testGitEnv,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_PROTOCOL: header(request, 'git-protocol'),
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: header(request, 'content-type'),
      HTTP_CONTENT_ENCODING: header(request, 'content-encoding'),
      REMOTE_USER: 'test',
      REMOTE_ADDR: '127.0.0.1',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  backend.stdin.on('error', () => {})
  request.pipe(backend.stdin)
  relayCgi(backend.stdout, response, maxBytes)
}

function relayCgi(output: NodeJS.ReadableStream, response: ServerResponse, maxBytes: number): void {
  let head: Buffer | undefined = Buffer.alloc(0)
  let sent = 0
  const send = (chunk: Buffer) => {
    response.write(chunk.subarray(0, maxBytes - sent))
    sent += chunk.length
    if (sent > maxBytes) response.destroy()
  }
  output.on('data', (chunk: Buffer) => {
    if (head === undefined) return send(chunk)
    head = Buffer.concat([head, chunk])
    const end = head.indexOf('\r\n\r\n')
    if (end < 0) return
    writeHead(response, head.toString('latin1', 0, end))
    const body = head.subarray(end + 4)
    head = undefined
    if (body.length > 0) send(body)
  })
  output.on('end', () => response.end())
}

function writeHead(response: ServerResponse, head: string): void {
  let status = 200
  for (const line of head.split('\r\n')) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    const value = line.slice(colon + 1).trim()
    if (name === 'status') status = Number.parseInt(value, 10)
    else response.setHeader(name, value)
  }
  response.writeHead(status)
}

function header(request: IncomingMessage, name: string): string {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(',') : (value ?? '')
}
