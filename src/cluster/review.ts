import type { ServiceAccountRef } from '../domain/application.ts'
import { type Clock, systemClock } from '../domain/clock.ts'
import type { ClusterSettings } from '../domain/settings.ts'
import { statusError } from './errors.ts'
import type { Target } from './kube-request.ts'
import { loadClusterAccess } from './kubeconfig.ts'
import { createTransport, type Transport } from './transport.ts'

/** One thing that somebody may do in a cluster or not. */
export interface Right {
  readonly verb: string
  readonly group: string
  /** Plural, as in the URL; `pods/log` for a part of it. */
  readonly resource: string
  /** undefined: in all namespaces, or on a cluster-scoped kind. */
  readonly namespace?: string
  readonly name?: string
}

/** What the API server says of rights and time; it changes nothing. Throws StageError. */
export interface Review {
  /** Asked as Landfall, or as the ServiceAccount by impersonation. */
  may(right: Right, serviceAccount?: ServiceAccountRef): Promise<boolean>
  /** How far the server's clock is ahead of ours; exact to a second. */
  clockSkewMs(): Promise<number>
  close(): Promise<void>
}

interface ReviewDeps {
  /** Landfall's, without `v`. */
  readonly version: string
  readonly clock?: Clock
}

export function createReview(
  settings: ClusterSettings,
  { version, clock = systemClock }: ReviewDeps,
): Review {
  const transport = createTransport({
    clusterName: settings.name,
    version,
    clock,
    loadAccess: () => loadClusterAccess(settings, clock),
  })
  return {
    may: (right, serviceAccount) => ask(transport, right, serviceAccount),

    async clockSkewMs() {
      const target = targetOf('version', 'Version')
      const answer = await transport.send({ verb: 'get', path: '/version', target })
      const told = Date.parse(answer.headers.date ?? '')
      // The header has whole seconds: half of one is the best guess.
      return Number.isNaN(told) ? 0 : told + 500 - clock.now()
    },

    close: () => transport.close(),
  }
}

async function ask(
  transport: Transport,
  { verb, group, resource, namespace, name }: Right,
  serviceAccount: ServiceAccountRef | undefined,
): Promise<boolean> {
  const target = targetOf('selfsubjectaccessreviews', 'SelfSubjectAccessReview')
  const [plural, subresource] = resource.split('/')
  const answer = await transport.send({
    verb: 'create',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    target,
    serviceAccount,
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { verb, group, resource: plural, subresource, namespace, name } },
    },
  })
  if (answer.status >= 300) throw statusError(answer, target)
  const { status } = answer.body as { readonly status?: { readonly allowed?: boolean } }
  return status?.allowed === true
}

function targetOf(resource: string, kind: string): Target {
  return { resource, group: 'authorization.k8s.io', kind, namespace: '', name: '' }
}
