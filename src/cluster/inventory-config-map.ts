import { z } from 'zod'
import type { Paused } from '../domain/application-record.ts'
import { StageError } from '../domain/error.ts'
import type { Inventory } from '../domain/inventory.ts'
import type { KubeObject } from '../domain/kube-object.ts'
import { applySetId, applySetIdLabel, parentAnnotations, toolingAnnotation } from './apply-set.ts'
import { decodeHooks, encodeEntries, encodeHooks } from './inventory-data.ts'
import type { InventoryMemory } from './inventory-memory.ts'
import { encodeHistory } from './sync-history.ts'

/** What identifies the ConfigMap of one application, and us as its writer. */
export interface InventoryParent {
  readonly name: string
  readonly namespace: string
  /** Ours, without `v`. */
  readonly version: string
}

// A ConfigMap may hold 1 MiB; the rest is for names and annotations.
const largest = 900_000

const namePrefix = 'landfall-'
const revisionAnnotation = 'landfall.dev/revision'
const syncAnnotation = 'landfall.dev/sync'
const pausedByAnnotation = 'landfall.dev/paused-by'
const pausedAtAnnotation = 'landfall.dev/paused-at'

export function inventoryParent(
  application: string,
  where: { namespace: string; version: string },
): InventoryParent {
  return { name: `${namePrefix}${application}`, ...where }
}

/** undefined: that is no name of an inventory. */
export function applicationOf(name: string): string | undefined {
  return name.startsWith(namePrefix) ? name.slice(namePrefix.length) : undefined
}

export interface InventoryBody extends KubeObject {
  readonly data: { readonly history: string }
  readonly binaryData: { readonly inventory: string }
}

export function inventoryConfigMap(parent: InventoryParent, inventory: Inventory): InventoryBody {
  const { name, namespace } = parent
  const { entries, hooks, revision, syncId, resourceVersion, paused } = inventory
  const packed = encodeEntries(entries)
  const packedHooks = encodeHooks(hooks)
  if (packed.length + packedHooks.length > largest) {
    throw new StageError(
      'RENDER_LIMIT',
      `ConfigMap ${namespace}/${name}: the inventory of ${entries.length} objects takes ${packed.length} bytes, more than the ${largest} there are; split the application in two`,
    )
  }
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      namespace,
      ...(resourceVersion !== undefined && { resourceVersion }),
      labels: { [applySetIdLabel]: applySetId(name, namespace) },
      annotations: {
        ...parentAnnotations([...entries, ...hooks], parent),
        ...(revision !== undefined && { [revisionAnnotation]: revision }),
        ...(syncId !== undefined && { [syncAnnotation]: syncId }),
        ...(paused !== undefined && {
          [pausedByAnnotation]: paused.by,
          [pausedAtAnnotation]: paused.at,
        }),
      },
    },
    data: {
      history: encodeHistory(inventory.history, largest - packed.length - packedHooks.length),
      ...(hooks.length === 0 ? {} : { hooks: packedHooks }),
    },
    binaryData: { inventory: packed },
  }
}

/**
 * Throws PLAN_OWNED_BY_OTHER and INVENTORY_UNREADABLE: what cannot be read must never pass for an
 * empty inventory, since prune and adoption are decided from it.
 */
export function parseInventory(
  parent: InventoryParent,
  object: KubeObject,
  memory: InventoryMemory,
): Inventory {
  const { name, namespace } = parent
  const parsed = InventoryConfigMap.safeParse(object)
  if (!parsed.success) throw unreadable(parent, 'its labels, annotations or data are missing')
  const { metadata, data, binaryData } = parsed.data
  const tooling = metadata.annotations[toolingAnnotation] ?? 'no tooling'
  if (!tooling.startsWith('landfall/')) {
    throw new StageError(
      'PLAN_OWNED_BY_OTHER',
      `ConfigMap ${namespace}/${name} belongs to ${tooling}, not to Landfall; remove it or rename the application`,
    )
  }
  if (metadata.labels[applySetIdLabel] !== applySetId(name, namespace)) {
    throw unreadable(parent, `its label ${applySetIdLabel} is not its own`)
  }
  const { entries, history } = memory.decode(binaryData.inventory, data.history ?? '')
  if (entries === undefined) throw unreadable(parent, 'binaryData.inventory is damaged')
  const hooks = decodeHooks(data.hooks)
  if (hooks === undefined) throw unreadable(parent, 'data.hooks is damaged')
  return {
    resourceVersion: metadata.resourceVersion,
    entries,
    hooks,
    revision: metadata.annotations[revisionAnnotation],
    syncId: metadata.annotations[syncAnnotation],
    history,
    paused: pausedIn(metadata.annotations),
  }
}

function pausedIn(annotations: Readonly<Record<string, string>>): Paused | undefined {
  const { [pausedByAnnotation]: by, [pausedAtAnnotation]: at = '' } = annotations
  return by === undefined ? undefined : { by, at }
}

function unreadable({ namespace, name }: InventoryParent, reason: string): StageError {
  return new StageError(
    'INVENTORY_UNREADABLE',
    `ConfigMap ${namespace}/${name}: ${reason}; restore it from a backup, or delete it to start anew: the objects stay, and those Git no longer has are then yours to delete`,
  )
}

const Names = z.record(z.string(), z.string())

const InventoryConfigMap = z.object({
  metadata: z.object({ resourceVersion: z.string(), labels: Names, annotations: Names }),
  data: z
    .object({ history: z.string().optional(), hooks: z.string().default('[]') })
    .default({ hooks: '[]' }),
  binaryData: z.object({ inventory: z.string() }),
})
