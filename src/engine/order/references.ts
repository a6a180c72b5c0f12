import { type KubeObject, type ObjectRef, refKey } from '../../domain/kube-object.ts'
import { podSpecPath } from '../../render/normalize/pod-spec.ts'
import { isRecord } from '../canonical-json.ts'
import { readField, readRecords, readText } from '../health/read-field.ts'
import type { Placed } from './order-node.ts'

const rbac = 'rbac.authorization.k8s.io'

/** `refKey`s of what an object names and cannot do without: the role of a binding, the ConfigMap of a pod. */
export function referencesOf({ ref, object }: Placed): string[] {
  const podPath = podSpecPath(object)
  if (podPath !== undefined) return podReferences(readField(object, ...podPath), ref.namespace)
  if (ref.group === rbac && ref.kind.endsWith('RoleBinding')) return roleOf(ref, object)
  if (isTokenOf(ref, object)) return tokenAccount(ref, object)
  const storageClass = readText(object, 'spec', 'storageClassName')
  if (ref.group !== '' || storageClass === undefined) return []
  return [clusterKey('storage.k8s.io', 'StorageClass', storageClass)]
}

/** `namespace/name` of the ServiceAccounts that a binding gives rights to. */
export function boundAccounts({ ref, object }: Placed): string[] {
  if (ref.group !== rbac || !ref.kind.endsWith('RoleBinding')) return []
  return readRecords(object, 'subjects').flatMap((subject) =>
    subject['kind'] === 'ServiceAccount'
      ? [`${readText(subject, 'namespace') ?? ref.namespace}/${readText(subject, 'name') ?? ''}`]
      : [],
  )
}

/** `namespace/name` of the ServiceAccount of its pods; undefined: it has no pods. */
export function accountOf({ ref, object }: Placed): string | undefined {
  const podPath = podSpecPath(object)
  if (podPath === undefined) return undefined
  const name = readText(readField(object, ...podPath), 'serviceAccountName') ?? 'default'
  return `${ref.namespace}/${name}`
}

function isTokenOf({ group, kind }: ObjectRef, object: KubeObject): boolean {
  return (
    group === '' && kind === 'Secret' && object['type'] === 'kubernetes.io/service-account-token'
  )
}

/** Its token controller deletes a token Secret whose account is not there. */
function tokenAccount({ namespace }: ObjectRef, { metadata }: KubeObject): string[] {
  const name = metadata.annotations?.['kubernetes.io/service-account.name']
  if (name === undefined) return []
  return [refKey({ group: '', kind: 'ServiceAccount', namespace, name })]
}

function roleOf(ref: ObjectRef, object: KubeObject): string[] {
  const kind = readText(object, 'roleRef', 'kind')
  const name = readText(object, 'roleRef', 'name')
  if (kind === undefined || name === undefined) return []
  const namespace = kind === 'Role' ? ref.namespace : ''
  return [refKey({ group: rbac, kind, namespace, name })]
}

// Field of a pod's spec → kind it names and the field with the name.
const named: Readonly<Record<string, readonly [kind: string, field: string]>> = {
  configMap: ['ConfigMap', 'name'],
  configMapRef: ['ConfigMap', 'name'],
  configMapKeyRef: ['ConfigMap', 'name'],
  secretRef: ['Secret', 'name'],
  secretKeyRef: ['Secret', 'name'],
  imagePullSecrets: ['Secret', 'name'],
  persistentVolumeClaim: ['PersistentVolumeClaim', 'claimName'],
}

function podReferences(spec: unknown, namespace: string): string[] {
  const found = new Set<string>()
  const add = (kind: string, name: unknown) => {
    if (typeof name === 'string') found.add(refKey({ group: '', kind, namespace, name }))
  }
  const walk = (value: unknown, field: string): void => {
    if (Array.isArray(value)) return value.forEach((item) => walk(item, field))
    if (!isRecord(value)) return
    const [kind, nameField] = named[field] ?? []
    if (kind !== undefined && nameField !== undefined) add(kind, value[nameField])
    // A volume says secretName, a projected source of it name.
    if (field === 'secret') add('Secret', value['secretName'] ?? value['name'])
    for (const [key, child] of Object.entries(value)) walk(child, key)
  }
  walk(spec, '')
  add('ServiceAccount', readText(spec, 'serviceAccountName'))
  const priority = readText(spec, 'priorityClassName')
  const runtime = readText(spec, 'runtimeClassName')
  return [
    ...found,
    ...(priority === undefined ? [] : [clusterKey('scheduling.k8s.io', 'PriorityClass', priority)]),
    ...(runtime === undefined ? [] : [clusterKey('node.k8s.io', 'RuntimeClass', runtime)]),
  ]
}

function clusterKey(group: string, kind: string, name: string): string {
  return refKey({ group, kind, namespace: '', name })
}
