import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import type { Test } from 'tap'
import { controlPlane } from './control-plane.ts'
import { until } from './until.ts'

export interface FakeKubelet {
  /** Bind a pod to it by `spec.nodeName`: no scheduler puts one there. */
  readonly nodeName: string
  /** Paths that the API server asked for. */
  readonly asked: readonly string[]
  /** Answers nobody any more. */
  close(): void
}

/** A node of the real control plane whose kubelet answers for logs alone, with the same text for each. */
export async function fakeKubelet(t: Test, log: string): Promise<FakeKubelet> {
  const plane = await controlPlane()
  const certs = join(dirname(plane.auditLog), 'certs')
  const [cert, key] = await Promise.all(
    ['apiserver.crt', 'apiserver.key'].map((file) => readFile(join(certs, file))),
  )
  const asked: string[] = []
  const server = createServer({ cert, key }, (request, response) => {
    asked.push(request.url ?? '')
    response.end(log)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  t.teardown(close)
  // The API server dials the node by its name.
  const nodeName = '127.0.0.1'
  const { port } = server.address() as AddressInfo
  const kubectl = (args: readonly string[], stdin?: string) => plane.kubectl(args, stdin)
  t.teardown(() => kubectl(['delete', 'node', nodeName, '--wait=false']))
  const node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: nodeName },
    spec: { taints: [{ key: 'landfall.dev/test', effect: 'NoSchedule' }] },
  }
  await kubectl(['apply', '-f', '-'], JSON.stringify(node))
  const status = { daemonEndpoints: { kubeletEndpoint: { Port: port } } }
  const patch = `--patch=${JSON.stringify({ status })}`
  await kubectl(['patch', 'node', nodeName, '--subresource=status', '--type=merge', patch])
  await until('the node is ready', async () => {
    const ready = '{.status.conditions[?(@.type=="Ready")].status} {.status.addresses[0].address}'
    return (await kubectl(['get', 'node', nodeName, '-o', `jsonpath=${ready}`])).startsWith(
      'True 1',
    )
  })
  return { nodeName, asked, close }
}
