import type { Clock } from '../domain/clock.ts'
import { type Connection, openConnection } from './connection.ts'
import type { ClusterAccess } from './kubeconfig.ts'

/** The one connection in use, opened when first asked for and anew when its credentials fail. */
export interface Session {
  current(): Promise<Connection>
  /** Whether `current()` may do better than `stale`, which was refused. */
  renew(stale: Connection): boolean
  close(): Promise<void>
}

// A revoked credential must not run an exec plugin for each request.
const renewEveryMs = 5_000

export function createSession(loadAccess: () => Promise<ClusterAccess>, clock: Clock): Session {
  let opening: Promise<Connection> | undefined
  let opened: { readonly connection: Connection; readonly at: number } | undefined
  const retired = new Set<Connection>()
  let closed = false

  async function open(): Promise<Connection> {
    try {
      const connection = openConnection(await loadAccess())
      opened = { connection, at: clock.now() }
      if (closed) await connection.destroy()
      return connection
    } catch (error: unknown) {
      opening = undefined
      throw error
    }
  }

  async function retire(connection: Connection): Promise<void> {
    retired.add(connection)
    // Graceful: requests under way on the old sockets end by themselves.
    await Promise.allSettled([connection.close()])
    retired.delete(connection)
  }

  return {
    current() {
      opening ??= open()
      return opening
    },
    renew(stale) {
      if (closed) return false
      if (opened?.connection !== stale) return true
      if (clock.now() - opened.at < renewEveryMs) return false
      opening = undefined
      opened = undefined
      void retire(stale) // ends with the last request; nobody waits for it
      return true
    },
    async close() {
      closed = true
      const open = opened === undefined ? [...retired] : [...retired, opened.connection]
      await Promise.all(open.map((connection) => connection.destroy()))
    },
  }
}
