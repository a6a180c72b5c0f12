import type { KubeObject } from '../../src/domain/kube-object.ts'
import { type AdmissionRequest, parseReview } from '../../src/engine/witness/admission-review.ts'

interface Asks {
  readonly user?: string
  readonly groups?: readonly string[]
  readonly operation?: AdmissionRequest['operation']
  readonly manager?: string
  readonly before?: KubeObject | undefined
  readonly after?: KubeObject | undefined
  readonly subResource?: string
  readonly dryRun?: boolean
  readonly uid?: string
  /** Of a delete: the uid that it is guarded by. */
  readonly guard?: string
}

/** An AdmissionReview as an API server sends one, of an object of kind Deployment unless said. */
export function aReview(asks: Asks = {}) {
  const { user = 'ann@example.com', groups = ['system:authenticated'], before, after } = asks
  const { operation = 'UPDATE', subResource = '', dryRun = false, uid = 'request-1' } = asks
  const { name = 'web', namespace = 'shop' } = (after ?? before)?.metadata ?? {}
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid,
      kind: { group: 'apps', version: 'v1', kind: (after ?? before)?.kind ?? 'Deployment' },
      resource: { group: 'apps', version: 'v1', resource: 'deployments' },
      ...(subResource !== '' && { subResource }),
      name,
      namespace,
      operation,
      userInfo: { username: user, groups },
      object: after ?? null,
      oldObject: before ?? null,
      dryRun,
      options: {
        ...(asks.manager !== undefined && { fieldManager: asks.manager }),
        ...(asks.guard !== undefined && { preconditions: { uid: asks.guard } }),
      },
    },
  }
}

export function aRequest(asks: Asks = {}): AdmissionRequest {
  const request = parseReview(aReview(asks))
  if (request === undefined) throw new Error('no AdmissionReview')
  return request
}
