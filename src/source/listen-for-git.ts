import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server on loopback that sends every git away, and sees who comes back. */
export interface GitListener {
  readonly port: number
  readonly paths: readonly string[]
  isRedirectFollowed(): boolean
  close(): Promise<void>
}

const elsewhere = '/elsewhere'

export async function listenForGit(): Promise<GitListener> {
  const paths: string[] = []
  const server = createServer(({ url = '' }, response) => {
    paths.push(url)
    if (url.startsWith(elsewhere)) response.writeHead(404).end()
    else response.writeHead(302, { location: `${elsewhere}${url}` }).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    paths,
    isRedirectFollowed: () => paths.some((path) => path.startsWith(elsewhere)),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
