import type { ResourceMapping } from '../../cluster/cluster.ts'
import type { Right } from '../../cluster/review.ts'
import type { Application, ServiceAccountRef } from '../../domain/application.ts'
import { ownNamespace } from '../../domain/own-namespace.ts'
import { hasPods, isAwaited, isCustomResource } from '../../engine/health/built-in-kinds.ts'

export interface NeededRight extends Right {
  /** Without it Landfall works, and says less. */
  readonly isOptional?: boolean
}

/** What Landfall itself does in a cluster, whatever it deploys there. */
export function ownRights(hasNamespace: boolean): readonly NeededRight[] {
  const inventory = { group: '', resource: 'configmaps', namespace: ownNamespace }
  return [
    ...['get', 'create', 'update'].map((verb) => ({ ...inventory, verb })),
    ...(hasNamespace ? [] : [{ verb: 'create', group: '', resource: 'namespaces' }]),
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
export function followRights(
  application: Application,
  kind: ResourceMapping,
): readonly NeededRight[] {
  const { group, resource, namespaced } = kind
  if (isCustomResource(kind)) {
    const facts = { verb: 'get', group: 'apiextensions.k8s.io', isOptional: true }
    return [
      ...inPlaces(application, namespaced, ['list', 'watch'], { group, resource }),
      { ...facts, resource: 'customresourcedefinitions' },
    ]
  }
  if (!isAwaited(kind) && !hasRule(application, kind)) return []
  return [
    ...inPlaces(application, namespaced, ['list', 'watch'], { group, resource }),
    ...(hasPods(kind) ? podRights(application, kind) : []),
    ...(kind.kind === 'PersistentVolumeClaim'
      ? [{ verb: 'get', group: 'storage.k8s.io', resource: 'storageclasses', isOptional: true }]
      : []),
  ]
}

function hasRule({ health }: Application, { group, kind }: ResourceMapping): boolean {
  return health.some((rule) => rule.group === group && rule.kind === kind)
}

/** Pods, and the logs of those that fail, say why a rollout does not end; it is waited for without. */
function podRights(application: Application, { kind }: ResourceMapping): readonly NeededRight[] {
  const pods = { group: '', resource: 'pods', isOptional: true }
  const replicaSets = { group: 'apps', resource: 'replicasets', isOptional: true }
  return [
    ...inPlaces(application, true, ['list', 'watch'], pods),
    ...inPlaces(application, true, ['get'], { ...pods, resource: 'pods/log' }),
    ...(kind === 'Deployment' ? inPlaces(application, true, ['list'], replicaSets) : []),
  ]
}

/** What a watcher does in a cluster that has applications; without it sweeps look for drift. */
export function leadRights(): readonly NeededRight[] {
  const optional = { namespace: ownNamespace, isOptional: true }
  const lease = { group: 'coordination.k8s.io', resource: 'leases', ...optional }
  const inventories = { group: '', resource: 'configmaps', ...optional }
  return [
    ...['get', 'create', 'update'].map((verb) => ({ ...lease, verb })),
    ...['list', 'watch'].map((verb) => ({ ...inventories, verb })),
  ]
}

/** What a watcher does with a kind that an application has. */
export function sightRights(
  application: Application,
  { group, resource, namespaced }: ResourceMapping,
): readonly NeededRight[] {
  const kind = { group, resource, isOptional: true }
  return inPlaces(application, namespaced, ['list', 'watch'], kind)
}

/** To leave the replicas of what is autoscaled alone, to tell what was healed, and why a pod does not start. */
export function watchRights(application: Application): readonly NeededRight[] {
  const scalers = { group: 'autoscaling', resource: 'horizontalpodautoscalers', isOptional: true }
  const events = { group: 'events.k8s.io', resource: 'events', isOptional: true }
  return [
    ...inPlaces(application, true, ['list'], scalers),
    ...inPlaces(application, true, ['list', 'create', 'patch'], events),
  ]
}

/** What an application's account does with a kind in the namespaces that it may use. */
export function deployRights(
  application: Application,
  { group, resource, namespaced }: ResourceMapping,
): readonly NeededRight[] {
  const verbs = ['get', 'list', 'create', 'patch', 'delete']
  return inPlaces(application, namespaced, verbs, { group, resource })
}

function inPlaces(
  { namespace, allow }: Application,
  namespaced: boolean,
  verbs: readonly string[],
  kind: Omit<NeededRight, 'verb' | 'namespace'>,
): readonly NeededRight[] {
  const places = namespaced ? placesOf(namespace, allow.namespaces) : [{}]
  return places.flatMap((place) => verbs.map((verb) => ({ verb, ...kind, ...place })))
}

function placesOf(own: string, allowed: readonly string[]): { readonly namespace?: string }[] {
  if (allowed.includes('*')) return [{}]
  return Array.from(new Set([own, ...allowed]), (namespace) => ({ namespace }))
}
