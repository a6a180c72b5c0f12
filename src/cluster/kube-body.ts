import type { KubeObject } from '../domain/kube-object.ts'
import type { ResourceMapping } from './cluster.ts'

// By hand where the rest of the house uses zod: these run for each object of each answer, and zod
// copies what it checks.

/** An answer that is one whole object. */
export function isKubeObject(body: unknown): body is KubeObject {
  return (
    isItem(body) &&
    'apiVersion' in body &&
    typeof body.apiVersion === 'string' &&
    'kind' in body &&
    typeof body.kind === 'string'
  )
}

/** An object of a list, which bears no kind as a rule, or is called PartialObjectMetadata. */
export function isItem(body: unknown): body is Pick<KubeObject, 'metadata'> {
  if (typeof body !== 'object' || body === null || !('metadata' in body)) return false
  const { metadata } = body
  return (
    typeof metadata === 'object' &&
    metadata !== null &&
    'name' in metadata &&
    typeof metadata.name === 'string'
  )
}

export function withKind(item: Pick<KubeObject, 'metadata'>, mapping: ResourceMapping): KubeObject {
  const { group, version, kind } = mapping
  return { ...item, apiVersion: group === '' ? version : `${group}/${version}`, kind }
}
