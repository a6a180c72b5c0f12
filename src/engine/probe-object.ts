import type { KubeObject } from '../domain/kube-object.ts'

const nameKinds = ['CustomResourceDefinition', 'APIService']
// Of a Job: its pods bear its name as a label.
const longestStem = 55

/**
 * The object under a name of its own, for a dry-run that creates it: whether the server would accept
 * it, whatever bears its name now. undefined: its name is part of what is checked.
 */
export function probeObject(object: KubeObject): KubeObject | undefined {
  if (nameKinds.includes(object.kind)) return undefined
  const { generateName: _generateName, ...metadata } = object.metadata
  const stem = metadata.name.slice(0, longestStem).replace(/[^a-z0-9]+$/, '')
  return { ...object, metadata: { ...metadata, name: `${stem}-dry-run` } }
}
