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

const usual = {
  user: 'ann@example.com',
  groups: ['system:authenticated'],
  operation: 'UPDATE',
  subResource: '',
  dryRun: false,
  uid: 'request-1',
} as const

/** An AdmissionReview as an API server sends one, of an object of kind Deployment unless said. */
export function aReview(asks: Asks = {}) {
  const { user, groups, operation, subResource, dryRun, uid, ...rest } = { ...usual, ...asks }
  const { before, after } = rest
  const { kind = 'Deployment', metadata = { name: 'web', namespace: 'shop' } } =
    after ?? before ?? {}
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid,
      kind: { group: 'apps', version: 'v1', kind },
      resource: { group: 'apps', version: 'v1', resource: 'deployments' },
      subResource,
      name: metadata.name,
      namespace: metadata.namespace,
      operation,
      userInfo: { username: user, groups },
      object: after ?? null,
      oldObject: before ?? null,
      dryRun,
      options: optionsOf(rest),
    },
  }
}

function optionsOf({ manager, guard }: Asks) {
  return {
    ...(manager !== undefined && { fieldManager: manager }),
    ...(guard !== undefined && { preconditions: { uid: guard } }),
  }
}

export function aRequest(asks: Asks = {}): AdmissionRequest {
  const request = parseReview(aReview(asks))
  if (request === undefined) throw new Error('no AdmissionReview')
  return request
}
