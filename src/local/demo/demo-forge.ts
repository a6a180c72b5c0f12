import { createHmac, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serveGit } from '../git-http-backend.ts'
import type { DemoRepository } from './demo-repository.ts'
import { forgePage, type PostedStatus } from './forge-page.ts'

/** A forge small enough for a demo: git over HTTP, commit statuses as GitHub takes them, webhooks. */
export interface DemoForge {
  readonly url: string
  readonly repoUrl: string
  readonly secret: string
  /** Sends the push webhook that GitHub would send, signed. */
  announce(webhookUrl: string, push: { before: string; after: string }): Promise<number>
  /** Statuses of a commit, oldest first. */
  statuses(sha: string): readonly PostedStatus[]
  /** Settles when the commit has a final status. */
  finalStatus(sha: string, signal: AbortSignal): Promise<PostedStatus>
  close(): Promise<void>
}

const filePath = /^\/acme\/deploy\/blob\/main\/([\w./-]+)$/
const statusPath = /^\/api\/v3\/repos\/acme\/deploy\/statuses\/([0-9a-f]{40})$/

export async function startDemoForge(options: {
  readonly repository: DemoRepository
  readonly searchPath: string
  readonly secret: string
}): Promise<DemoForge> {
  const { repository, searchPath, secret } = options
  const posted = new Map<string, PostedStatus[]>()
  const watchers = new Set<() => void>()

  const record = (sha: string, status: PostedStatus): void => {
    posted.set(sha, [...(posted.get(sha) ?? []), status])
    for (const watch of watchers) watch()
  }
  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = new URL(incoming.url ?? '/', 'http://localhost').pathname
    const sha = statusPath.exec(path)?.[1]
    const file = filePath.exec(path)?.[1]
    if (path.startsWith('/acme/deploy.git/')) {
      serveGit({ root: repository.root, path: searchPath }, incoming, response)
    } else if (sha !== undefined && incoming.method === 'POST') {
      const status = JSON.parse(await readBody(incoming)) as PostedStatus
      record(sha, { ...status, at: new Date().toISOString() })
      response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(status))
    } else if (file !== undefined) {
      const text = await repository.file(file)
      const head = { 'content-type': 'text/plain; charset=utf-8' }
      response.writeHead(text === undefined ? 404 : 200, head).end(text)
    } else if (path === '/') {
      const page = forgePage(await repository.log(), posted)
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page)
    } else {
      response.writeHead(404).end()
    }
  }
  const server = createServer((incoming, response) => {
    answer(incoming, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  const finalOf = (sha: string): PostedStatus | undefined =>
    posted.get(sha)?.find((status) => status.state !== 'pending')
  return {
    url,
    repoUrl: `${url}/acme/deploy.git`,
    secret,
    announce: (webhookUrl, push) => deliver(webhookUrl, secret, pushPayload(url, push)),
    statuses: (sha) => posted.get(sha) ?? [],
    finalStatus: (sha, signal) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const status = finalOf(sha)
          if (status === undefined && !signal.aborted) return
          watchers.delete(look)
          if (status === undefined) reject(new Error(`no final status on ${sha.slice(0, 7)}`))
          else resolve(status)
        }
        watchers.add(look)
        signal.addEventListener('abort', look, { once: true })
        look()
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function pushPayload(url: string, { before, after }: { before: string; after: string }): string {
  return JSON.stringify({
    ref: 'refs/heads/main',
    before,
    after,
    created: /^0+$/.test(before),
    deleted: false,
    forced: false,
    repository: {
      id: 1,
      full_name: 'acme/deploy',
      html_url: `${url}/acme/deploy`,
      clone_url: `${url}/acme/deploy.git`,
      ssh_url: 'git@127.0.0.1:acme/deploy.git',
      git_url: `git://127.0.0.1/acme/deploy.git`,
      default_branch: 'main',
    },
    pusher: { name: 'ada' },
    commits: [],
  })
}

function deliver(webhookUrl: string, secret: string, body: string): Promise<number> {
  const signature = createHmac('sha256', secret).update(body).digest('hex')
  return new Promise((resolve, reject) => {
    const outgoing = request(webhookUrl, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'x-github-event': 'push',
        'x-github-delivery': randomUUID(),
        'x-hub-signature-256': `sha256=${signature}`,
      },
    })
    outgoing.on('response', (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of incoming) body += String(chunk)
  return body
}
