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

/** An API server behind a proxy that can keep requests from it. */
export interface KubeProxy {
  /** A kubeconfig that leads through it. */
  readonly kubeconfig: string
  /** Decides from now on which requests never get there, and never get an answer. */
  hold(isHeld: (request: ProxiedRequest) => boolean): void
}

interface Access {
  readonly server: string
  readonly ca: Buffer
  readonly token: string
}

/** A proxy of the test's control plane, as its own user; ends with the test. */
export async function startKubeProxy(t: Scope): Promise<KubeProxy> {
  const access = await readAccess((await controlPlane()).kubeconfig)
  const agent = new Agent({ keepAlive: true, ca: access.ca })
  let isHeld: (request: ProxiedRequest) => boolean = () => false
  const server = createServer((incoming, response) => {
    const { method = '', url = '' } = incoming
    if (!isHeld({ method, url })) forward(access, agent, incoming, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
    agent.destroy()
  })
  const { port } = server.address() as AddressInfo
  const dir = await mkdtemp(join(tmpdir(), 'landfall-proxy-'))
  t.teardown(() => rm(dir, { recursive: true, force: true }))
  const kubeconfig = join(dir, 'kubeconfig')
  await writeFile(kubeconfig, stringify(kubeconfigFor(`http://127.0.0.1:${port}`)))
  return {
    kubeconfig,
    hold(decide) {
      isHeld = decide
    },
  }
}

async function readAccess(kubeconfig: string): Promise<Access> {
  const { clusters, users } = parse(await readFile(kubeconfig, 'utf8'))
  const { server, 'certificate-authority-data': ca } = clusters[0].cluster
  return { server, ca: Buffer.from(ca, 'base64'), token: users[0].user.token }
}

function kubeconfigFor(server: string) {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'proxied', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'proxied', user: {} }],
    contexts: [{ name: 'proxied', context: { cluster: 'proxied', user: 'proxied' } }],
    'current-context': 'proxied',
  }
}

function forward(
  { server, token }: Access,
  agent: Agent,
  incoming: IncomingMessage,
  response: ServerResponse,
): void {
  const headers = {
    ...incoming.headers,
    host: new URL(server).host,
    authorization: `Bearer ${token}`,
  }
  const { method } = incoming
  const outgoing = request(new URL(incoming.url ?? '/', server), { method, headers, agent })
  outgoing.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    pipeline(answer, response, () => {})
  })
  // Either side may be killed at any time; what it had asked is of no interest then.
  pipeline(incoming, outgoing, () => {})
  outgoing.on('error', () => response.destroy())
  response.on('close', () => outgoing.destroy())
}
