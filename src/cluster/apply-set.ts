import { createHash } from 'node:crypto'
import { groupKind, type ObjectRef } from '../domain/kube-object.ts'

// Names of KEP-3659 as kubectl implements it.
export const applySetIdLabel = 'applyset.kubernetes.io/id'
export const toolingAnnotation = 'applyset.kubernetes.io/tooling'

/** Id of the set whose parent is the ConfigMap of this name: the members' part-of label. */
export function applySetId(name: string, namespace: string): string {
  const digest = createHash('sha256').update(`${name}.${namespace}.ConfigMap.`).digest('base64url')
  return `applyset-${digest}-v1`
}

export function parentAnnotations(
  entries: readonly ObjectRef[],
  parent: { namespace: string; version: string },
): Record<string, string> {
  const namespaces = entries.map((entry) => entry.namespace)
  const others = namespaces.filter((name) => name !== '' && name !== parent.namespace)
  return {
    [toolingAnnotation]: `landfall/${parent.version}`,
    'applyset.kubernetes.io/contains-group-kinds': sortedSet(entries.map(groupKind)),
    'applyset.kubernetes.io/additional-namespaces': sortedSet(others),
  }
}

function sortedSet(names: readonly string[]): string {
  return [...new Set(names)].sort().join(',')
}
