import { once } from 'node:events'
import type { Server } from 'node:http'
import type { Test } from 'tap'

/** Listens for the time of a test; host and port. */
export async function listenOn(t: Test, server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('it listens on a port')
  return `127.0.0.1:${address.port}`
}
