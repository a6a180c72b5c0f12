import { createSecureContext } from 'node:tls'
import { Agent, type Dispatcher, ProxyAgent } from 'undici'
import type { ClusterAccess } from './kubeconfig.ts'

/** Sockets to one API server under one set of credentials. */
export interface Connection {
  readonly access: ClusterAccess
  readonly requests: Dispatcher
  /** Apart, since each watch holds its socket for minutes and would starve the requests. */
  readonly watches: Dispatcher
  /** Lets what is under way finish. */
  close(): Promise<void>
  destroy(): Promise<void>
}

const requestSockets = 16

// kube-apiserver closes idle connections after 90 s, common load balancers after 60.
const keepAliveMs = 30_000

export function openConnection(access: ClusterAccess): Connection {
  const requests = createDispatcher(access, requestSockets)
  const watches = createDispatcher(access, null)
  return {
    access,
    requests,
    watches,
    async close() {
      await Promise.all([requests.close(), watches.close()])
    },
    async destroy() {
      await Promise.all([requests.destroy(), watches.destroy()])
    },
  }
}

function createDispatcher(access: ClusterAccess, connections: number | null): Dispatcher {
  const { ca, cert, key, servername, rejectUnauthorized } = access.tls
  const tls = {
    // Made once: to read the certificates for each socket costs more than the handshake.
    secureContext: createSecureContext({ ca, cert, key }),
    ...(servername !== undefined && { servername }),
    ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
  }
  const options = {
    connections,
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
    // Over HTTP/2 all requests would share one socket, and nothing gets faster.
    allowH2: false,
  }
  const connect = { timeout: 10_000, keepAlive: true, keepAliveInitialDelay: 30_000 }
  if (access.proxyUrl === undefined) {
    return new Agent({ ...options, connect: { ...connect, ...tls } })
  }
  return new ProxyAgent({ ...options, uri: access.proxyUrl, requestTls: { ...connect, ...tls } })
}
