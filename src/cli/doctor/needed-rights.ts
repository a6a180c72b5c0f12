import type { ResourceMapping } from '../../cluster/cluster.ts'
import type { Right } from '../../cluster/review.ts'
import type { Application, ServiceAccountRef } from '../../domain/application.ts'

export interface NeededRight extends Right {
  /** Without it Landfall works, and says less. */
  readonly isOptional?: boolean
}

const ownNamespace = 'landfall-system'

/** What Landfall itself does in a cluster, whatever it deploys there. */
export function ownRights(hasNamespace: boolean): readonly NeededRight[] {
  const inventory = { group: '', resource: 'configmaps', namespace: ownNamespace }
  return [
    ...['get', 'create', 'update'].map((verb) => ({ ...inventory, verb })),
    ...(hasNamespace ? [] : [{ verb: 'create', group: '', resource: 'namespaces' }]),
    ...follow({ group: '', resource: 'pods' }),
    ...follow({ group: 'apps', resource: 'replicasets' }),
    { verb: 'get', group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' },
    { verb: 'get', group: 'storage.k8s.io', resource: 'storageclasses' },
    { verb: 'create', group: 'events.k8s.io', resource: 'events', isOptional: true },
    { verb: 'patch', group: 'events.k8s.io', resource: 'events', isOptional: true },
  ]
}

/** What Landfall itself does for an account that an application acts as. */
export function accountRights({ namespace, name }: ServiceAccountRef): readonly NeededRight[] {
  const account = { group: '', resource: 'serviceaccounts', namespace, name }
  return [
    { ...account, verb: 'get' },
    { ...account, verb: 'impersonate' },
  ]
}

/** What Landfall itself does with a kind that it deploys: it follows how healthy they are. */
export function followRights(kind: ResourceMapping): readonly NeededRight[] {
  return follow({ group: kind.group, resource: kind.resource })
}

/** What an application's account does with a kind in the namespaces that it may use. */
export function deployRights(
  { namespace, allow }: Application,
  { group, resource, namespaced }: ResourceMapping,
): readonly NeededRight[] {
  const verbs = ['get', 'list', 'create', 'patch', 'delete']
  const places = namespaced ? placesOf(namespace, allow.namespaces) : [{}]
  return places.flatMap((place) => verbs.map((verb) => ({ verb, group, resource, ...place })))
}

/** To leave the replicas of what is autoscaled alone. */
export function autoscalerRights({ namespace, allow }: Application): readonly NeededRight[] {
  const scaler = { verb: 'list', group: 'autoscaling', resource: 'horizontalpodautoscalers' }
  const places = placesOf(namespace, allow.namespaces)
  return places.map((place) => ({ ...scaler, ...place, isOptional: true }))
}

function follow(kind: Pick<Right, 'group' | 'resource'>): NeededRight[] {
  return ['get', 'list', 'watch'].map((verb) => ({ ...kind, verb }))
}

function placesOf(own: string, allowed: readonly string[]): { readonly namespace?: string }[] {
  if (allowed.includes('*')) return [{}]
  return Array.from(new Set([own, ...allowed]), (namespace) => ({ namespace }))
}
