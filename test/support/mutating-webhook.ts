import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { makeCertificates } from '../../src/engine/witness/credentials.ts'
import type { Scope } from './scope.ts'

/** A webhook that adds the annotation `example.com/stamped: "yes"` to whatever is written. */
export interface MutatingWebhook {
  /** The MutatingWebhookConfiguration that asks it about the Deployments of a namespace. */
  readonly configuration: (namespace: string) => object
}

const patch = Buffer.from(
  JSON.stringify([{ op: 'add', path: '/metadata/annotations/example.com~1stamped', value: 'yes' }]),
).toString('base64')

export async function startMutatingWebhook(t: Scope): Promise<MutatingWebhook> {
  const { bundle, serving } = await makeCertificates('127.0.0.1', Date.now())
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { request: asked } = (await json(request)) as { request: { uid: string } }
    const review = {
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: { uid: asked.uid, allowed: true, patchType: 'JSONPatch', patch },
    }
    response.setHeader('content-type', 'application/json').end(JSON.stringify(review))
  }
  const server = createServer(serving, (request, response) => void answer(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return {
    configuration: (namespace) => ({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      metadata: { name: `stamp-${namespace}` },
      webhooks: [
        {
          name: 'stamp.example.com',
          admissionReviewVersions: ['v1'],
          clientConfig: { url, caBundle: Buffer.from(bundle).toString('base64') },
          failurePolicy: 'Ignore',
          sideEffects: 'None',
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
          rules: [
            {
              apiGroups: ['apps'],
              apiVersions: ['v1'],
              operations: ['CREATE', 'UPDATE'],
              resources: ['deployments'],
            },
          ],
        },
      ],
    }),
  }
}
