import type { JsonPatchOperation } from '../../src/cluster/cluster.ts'
import { asStageError } from '../../src/domain/error.ts'
import type { FieldsV1, KubeObject, ManagedFieldsEntry } from '../../src/domain/kube-object.ts'
import { refOf } from '../../src/domain/kube-object.ts'
import { hashOf } from '../../src/engine/canonical-json.ts'
import type { TestCluster } from './test-cluster.ts'

/** A Deployment that starts no pods. */
export function web(namespace: string, overrides: Record<string, unknown> = {}): KubeObject {
  const labels = { app: 'web' }
  const container = {
    name: 'app',
    image: 'web:1',
    env: [{ name: 'A', value: '1' }],
    args: ['--one'],
    ports: [{ containerPort: 8000, protocol: 'TCP' }],
  }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace, labels: { team: 'a' }, annotations: { note: 'ours' } },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container] } },
      ...overrides,
    },
  }
}

export function entryOf(object: KubeObject, manager: string): ManagedFieldsEntry | undefined {
  return object.metadata.managedFields?.find((entry) => entry.manager === manager)
}

/** What our Apply entry says we own, in short. */
export function sealOf(object: KubeObject): string {
  const ours = entryOf(object, 'landfall')
  if (ours?.operation !== 'Apply') throw new Error('no Apply entry of landfall')
  return hashOf(ours.fieldsV1)
}

export function nodeAt(
  fields: FieldsV1 | undefined,
  ...path: readonly string[]
): FieldsV1 | undefined {
  let node = fields
  for (const key of path) node = node?.[key]
  return node
}

export async function live({ cluster }: TestCluster, object: KubeObject): Promise<KubeObject> {
  const found = await cluster.own.get(refOf(object))
  if (found === undefined) throw new Error(`${object.kind} ${object.metadata.name} is gone`)
  return found
}

/** The guarded patch, again when a controller wrote status in between, as it does at any time. */
export async function patchLatest(
  context: TestCluster,
  object: KubeObject,
  operations: readonly JsonPatchOperation[],
): Promise<KubeObject> {
  const { resourceVersion: value } = (await live(context, object)).metadata
  try {
    return await context.cluster.own.patchJson(refOf(object), [
      { op: 'replace', path: '/metadata/resourceVersion', value },
      ...operations,
    ])
  } catch (error: unknown) {
    if (asStageError(error).code !== 'OBJECT_CONFLICT') throw error
    return patchLatest(context, object, operations)
  }
}
