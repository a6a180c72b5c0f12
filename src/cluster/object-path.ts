import { StageError } from '../domain/error.ts'
import type { ResourceMapping } from './cluster.ts'

/** `/apis/apps/v1/namespaces/default/deployments`; '' as namespace: all of them. */
export function collectionPath(mapping: ResourceMapping, namespace: string): string {
  const { group, version, resource } = mapping
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  const scope =
    mapping.namespaced && namespace !== '' ? `/namespaces/${segment(namespace, mapping)}` : ''
  return `${root}${scope}/${resource}`
}

export function objectPath(mapping: ResourceMapping, namespace: string, name: string): string {
  if (mapping.namespaced && namespace === '') {
    throw refused(mapping, name, 'has no namespace; set metadata.namespace')
  }
  return `${collectionPath(mapping, namespace)}/${segment(name, mapping)}`
}

export function withQuery(
  path: string,
  query: Readonly<Record<string, string | undefined>>,
): string {
  const parameters = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(key, value)
  }
  return parameters.size === 0 ? path : `${path}?${parameters}`
}

// Attack prevented: a name like ".." or "a/../../secrets/b" from a repository would address
// another object than the one that was checked. The server allows none of these in names either.
function segment(name: string, mapping: ResourceMapping): string {
  if (name === '' || name === '.' || name === '..' || /[/%]/.test(name)) {
    throw refused(mapping, name, 'has a name that cannot be part of a path; rename it')
  }
  return encodeURIComponent(name)
}

function refused(mapping: ResourceMapping, name: string, reason: string): StageError {
  return new StageError('OBJECT_INVALID', `${mapping.kind} ${JSON.stringify(name)} ${reason}`)
}
