import { createHash, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { Test } from 'tap'
import { listenOn } from './listen-on.ts'

/** A request, as far as tests ask for it. */
export interface Seen {
  readonly path: string
  readonly authorization: string | undefined
}

/** What a registry does besides keeping blobs and manifests. */
export interface RegistryOptions {
  /** Answers 401 until it is shown this, and says with these words how to get it. */
  readonly wants?: { readonly authorization: string; readonly challenge: string }
  /** Sends who asks for a blob there. */
  readonly redirect?: (path: string) => string
}

/**
 * An OCI registry, as far as helm pushes to it and charts are read from it.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md
 */
export async function aChartRegistry(t: Test, options: RegistryOptions = {}) {
  const blobs = new Map<string, Buffer>()
  const manifests = new Map<string, { readonly type: string; readonly body: Buffer }>()
  const seen: Seen[] = []
  let guard: RegistryOptions = {}

  async function upload(request: IncomingMessage, response: ServerResponse, url: URL) {
    if (request.method === 'POST') {
      const location = `${url.pathname.replace(/\/$/, '')}/${randomUUID()}`
      response.writeHead(202, { location }).end()
      return
    }
    const content = await buffer(request)
    if (request.method === 'PATCH') {
      blobs.set(url.pathname, content)
      const range = `0-${content.length - 1}`
      response.writeHead(202, { location: url.pathname, range }).end()
      return
    }
    const digest = url.searchParams.get('digest') ?? ''
    blobs.set(digest, Buffer.concat([blobs.get(url.pathname) ?? Buffer.alloc(0), content]))
    response.writeHead(201, { location: `/v2/x/blobs/${digest}` }).end()
  }

  function sendBlob(request: IncomingMessage, response: ServerResponse, url: URL) {
    const blob = blobs.get(url.pathname.split('/').at(-1) ?? '')
    if (blob === undefined) return response.writeHead(404).end()
    if (request.method === 'GET' && guard.redirect !== undefined) {
      return response.writeHead(307, { location: guard.redirect(url.pathname) }).end()
    }
    response.writeHead(200, { 'content-length': blob.length })
    return response.end(request.method === 'HEAD' ? undefined : blob)
  }

  async function manifest(request: IncomingMessage, response: ServerResponse, { pathname }: URL) {
    if (request.method === 'PUT') {
      const body = await buffer(request)
      const type = request.headers['content-type'] ?? ''
      const digest = `sha256:${sha256(body)}`
      for (const name of [pathname, pathname.replace(/[^/]+$/, digest)]) {
        manifests.set(name, { type, body })
      }
      return response.writeHead(201, { 'docker-content-digest': digest }).end()
    }
    const found = manifests.get(pathname)
    if (found === undefined) return response.writeHead(404).end()
    response.writeHead(200, {
      'content-type': found.type,
      'content-length': found.body.length,
      'docker-content-digest': `sha256:${sha256(found.body)}`,
    })
    return response.end(request.method === 'HEAD' ? undefined : found.body)
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://registry')
    const { authorization } = request.headers
    seen.push({ path: url.pathname, authorization })
    if (guard.wants !== undefined && authorization !== guard.wants.authorization) {
      response.writeHead(401, { 'www-authenticate': guard.wants.challenge }).end()
    } else if (url.pathname === '/v2/') response.writeHead(200).end()
    else if (url.pathname.includes('/blobs/uploads/')) void upload(request, response, url)
    else if (url.pathname.includes('/manifests/')) void manifest(request, response, url)
    else sendBlob(request, response, url)
  })
  const host = await listenOn(t, server)
  return {
    host,
    seen,
    manifests,
    blobs,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
    /** From now on; what was pushed before was pushed by anybody. */
    guard: () => {
      guard = options
      seen.length = 0
    },
  }
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}
