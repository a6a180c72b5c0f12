import { type ApiAccess, askApi } from './api-probe.ts'

const name = 'node-1'

const node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name,
    labels: {
      'kubernetes.io/hostname': name,
      'kubernetes.io/os': 'linux',
      'node-role.kubernetes.io/worker': '',
    },
  },
}

/** Makes the node that kwok plays the kubelet of. undefined: not yet. */
export async function createNode(api: ApiAccess): Promise<true | undefined> {
  const { status } = await askApi(api, '/api/v1/nodes', node)
  return status === 201 || status === 409 ? true : undefined
}

/** Whether kwok and the controllers do their work. undefined: not yet. */
export async function isNodeReady(api: ApiAccess): Promise<true | undefined> {
  const answer = await askApi(api, `/api/v1/nodes/${name}`)
  if (!/"type":"Ready","status":"True"/.test(answer.body)) return undefined
  const account = await askApi(api, '/api/v1/namespaces/default/serviceaccounts/default')
  return account.status === 200 ? true : undefined
}
