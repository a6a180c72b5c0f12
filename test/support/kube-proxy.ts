import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Agent, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream'
import { parse, stringify } from 'yaml'
import { controlPlane } from './control-plane.ts'
import type { Scope } from './scope.ts'

export interface ProxiedRequest {
  readonly method: string
  /** Path and query. */
  readonly url: string
}

/** What becomes of a request: `hold`, it never gets there; `swallow`, its answer never comes back. */
export type Treatment =
  | 'pass'
  | 'hold'
  | 'swallow'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }

/** An API server behind a proxy that can keep requests from it. */
export interface KubeProxy {
  readonly port: number
  /** A kubeconfig that leads through it. */
  readonly kubeconfig: string
  /** Decides from now on which requests never get there, and never get an answer. */
  hold(isHeld: (request: ProxiedRequest) => boolean): void
  /** Decides from now on what becomes of each request. */
  treat(decide: (request: ProxiedRequest) => Treatment): void
}

export interface Access {
  readonly server: string
  readonly ca: Buffer
  readonly token: string
}

/**
 * A proxy of the test's control plane, as its own user; ends with the test. The API server sees
 * `agent` at the end of the User-Agent.
 */
export async function startKubeProxy(t: Scope, agentName = ''): Promise<KubeProxy> {
  const access = await readAccess((await controlPlane()).kubeconfig)
  const agent = new Agent({ keepAlive: true, ca: access.ca })
  let decide: (request: ProxiedRequest) => Treatment = () => 'pass'
  const server = createServer((incoming, response) => {
    const { method = '', url = '' } = incoming
    const treatment = decide({ method, url })
    if (typeof treatment === 'object') return refuse(treatment, incoming, response)
    if (treatment === 'hold') return
    const link = { access, agent, agentName, isSwallowed: treatment === 'swallow' }
    forward(link, incoming, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
    agent.destroy()
  })
  const { port } = server.address() as AddressInfo
  const kubeconfig = await writeKubeconfig(t, `http://127.0.0.1:${port}`)
  return {
    port,
    kubeconfig,
    hold(isHeld) {
      decide = (request) => (isHeld(request) ? 'hold' : 'pass')
    },
    treat(next) {
      decide = next
    },
  }
}

async function writeKubeconfig(t: Scope, server: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'landfall-kubeconfig-'))
  t.teardown(() => rm(dir, { recursive: true, force: true }))
  const file = join(dir, 'kubeconfig')
  await writeFile(file, stringify(kubeconfigFor(server)))
  return file
}

/** How to reach an API server as the first user of a kubeconfig. */
export async function readAccess(kubeconfig: string): Promise<Access> {
  const { clusters, users } = parse(await readFile(kubeconfig, 'utf8'))
  const { server, 'certificate-authority-data': ca } = clusters[0].cluster
  return { server, ca: Buffer.from(ca, 'base64'), token: users[0].user.token }
}

/** Of a server that asks nobody who they are, but for `token` where one is given. */
export function kubeconfigFor(server: string, token?: string) {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'proxied', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'proxied', user: token === undefined ? {} : { token } }],
    contexts: [{ name: 'proxied', context: { cluster: 'proxied', user: 'proxied' } }],
    'current-context': 'proxied',
  }
}

interface Link {
  readonly access: Access
  readonly agent: Agent
  readonly agentName: string
  readonly isSwallowed: boolean
}

function refuse(
  { status, headers }: Exclude<Treatment, string>,
  incoming: IncomingMessage,
  response: ServerResponse,
): void {
  incoming.resume()
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(
    JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code: status }),
  )
}

function forward(link: Link, incoming: IncomingMessage, response: ServerResponse): void {
  const { access, agent, agentName, isSwallowed } = link
  const headers = {
    ...incoming.headers,
    host: new URL(access.server).host,
    authorization: `Bearer ${access.token}`,
    'user-agent': `${incoming.headers['user-agent']} ${agentName}`.trim(),
  }
  const { method } = incoming
  const outgoing = request(new URL(incoming.url ?? '/', access.server), { method, headers, agent })
  outgoing.on('response', (answer) => {
    if (isSwallowed) return void answer.resume()
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    pipeline(answer, response, () => {})
  })
  // Either side may be killed at any time; what it had asked is of no interest then.
  pipeline(incoming, outgoing, () => {})
  outgoing.on('error', () => response.destroy())
  response.on('close', () => outgoing.destroy())
}
