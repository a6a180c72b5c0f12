import type { Desired } from '../../src/domain/change.ts'
import { emptyInventory, type Inventory, type InventoryEntry } from '../../src/domain/inventory.ts'
import {
  type FieldsV1,
  type KubeObject,
  type ManagedFieldsEntry,
  refOf,
} from '../../src/domain/kube-object.ts'
import { hashOf } from '../../src/engine/canonical-json.ts'

/** A Deployment as a server would answer with it: container `app`, env A=1. */
export function aDeployment(overrides: Partial<KubeObject> = {}): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop', uid: 'u1', resourceVersion: '10', generation: 1 },
    spec: {
      replicas: 3,
      template: {
        spec: { containers: [{ name: 'app', image: 'web:1', env: [{ name: 'A', value: '1' }] }] },
      },
    },
    ...overrides,
  }
}

export function aConfigMap(
  name = 'settings',
  data: Record<string, string> = { a: '1' },
): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop' }, data }
}

export function desiredOf(object: KubeObject, file = 'app.yaml', line = 1): Desired {
  return { ref: refOf(object), object, origin: { file, line }, hash: hashOf(object) }
}

export function entryOf(
  object: KubeObject,
  overrides: Partial<InventoryEntry> = {},
): InventoryEntry {
  return {
    ...refOf(object),
    uid: object.metadata.uid ?? 'u1',
    hash: hashOf(object),
    seal: '',
    generation: object.metadata.generation ?? 0,
    resourceVersion: object.metadata.resourceVersion ?? '',
    ...overrides,
  }
}

/** What an application owns once exactly these were applied. */
export function inventoryOf(desired: readonly Desired[]): Inventory {
  const entries = desired.map(({ object, hash }) => entryOf(object, { hash }))
  return { ...emptyInventory, entries }
}

export function managed(object: KubeObject, entries: readonly ManagedFieldsEntry[]): KubeObject {
  return { ...object, metadata: { ...object.metadata, managedFields: entries } }
}

export function ownedBy(
  manager: string,
  fieldsV1: FieldsV1,
  overrides: Partial<ManagedFieldsEntry> = {},
): ManagedFieldsEntry {
  return {
    manager,
    operation: manager === 'landfall' ? 'Apply' : 'Update',
    apiVersion: 'apps/v1',
    time: '2026-01-01T00:00:00Z',
    fieldsV1,
    ...overrides,
  }
}

/** fieldsV1 from paths such as `f:spec f:replicas`; the last key is a leaf, or `.` for the node. */
export function fields(...paths: readonly string[]): FieldsV1 {
  const root: Record<string, unknown> = {}
  for (const path of paths) {
    let node = root
    for (const key of path.split(' ')) {
      node[key] ??= {}
      node = node[key] as Record<string, unknown>
    }
  }
  return root as FieldsV1
}
