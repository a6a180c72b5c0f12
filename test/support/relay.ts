import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'
import { pipeline } from 'node:stream'
import type { Test } from 'tap'

/**
 * Carries what comes to a free port of every interface to a port of loopback: containers reach the machine, but
 * not its loopback, where everything of a test listens.
 */
export async function relay(t: Test, port: number): Promise<number> {
  const open = new Set<Socket>()
  const server = createServer((incoming) => {
    const outgoing = connect({ port, host: '127.0.0.1' })
    for (const socket of [incoming, outgoing]) {
      open.add(socket)
      socket.on('close', () => open.delete(socket))
    }
    // Either side may end at any time; what it had to say then is of no interest.
    pipeline(incoming, outgoing, () => {})
    pipeline(outgoing, incoming, () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve))
  t.teardown(() => {
    server.close()
    for (const socket of open) socket.destroy()
  })
  return (server.address() as AddressInfo).port
}
