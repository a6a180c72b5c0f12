import { statusError } from './errors.ts'
import { fieldManager } from './field-manager.ts'
import type { Answer, KubeRequest, Target } from './kube-request.ts'
import { withQuery } from './object-path.ts'
import type { Transport } from './transport.ts'

/** Sends what makes an object in Landfall's own namespace; makes the namespace where it is missing. */
export async function createInOwn(
  transport: Transport,
  namespace: string,
  request: KubeRequest,
): Promise<Answer> {
  const answer = await transport.send(request)
  if (answer.status !== 404) return answer
  const target: Target = {
    resource: 'namespaces',
    group: '',
    kind: 'Namespace',
    namespace: '',
    name: namespace,
  }
  const made = await transport.send({
    verb: 'create',
    path: withQuery('/api/v1/namespaces', { fieldManager }),
    target,
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
  })
  // Another worker was faster.
  if (made.status >= 300 && made.status !== 409) throw statusError(made, target)
  return transport.send(request)
}
