import { StageError } from '../domain/error.ts'
import { emptyInventory } from '../domain/inventory.ts'
import type { KubeObject } from '../domain/kube-object.ts'
import { applySetId, applySetIdLabel } from './apply-set.ts'
import type { InventoryStore } from './cluster.ts'
import { statusError } from './errors.ts'
import { fieldManager } from './field-manager.ts'
import {
  applicationOf,
  type InventoryParent,
  inventoryConfigMap,
  inventoryParent,
  parseInventory,
} from './inventory-config-map.ts'
import { createInventoryMemory } from './inventory-memory.ts'
import { isKubeObject } from './kube-body.ts'
import type { Answer, Target } from './kube-request.ts'
import { withQuery } from './object-path.ts'
import { createInOwn } from './own-namespace.ts'
import type { Transport } from './transport.ts'

export interface InventoryStoreDeps {
  readonly transport: Transport
  readonly namespace: string
  /** Ours, without `v`. */
  readonly version: string
}

export function createInventoryStore(deps: InventoryStoreDeps): InventoryStore {
  const { transport, namespace } = deps
  const memory = createInventoryMemory()
  const collection = `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps`

  async function fetch(parent: InventoryParent): Promise<KubeObject | undefined> {
    const target = targetOf(parent)
    const path = `${collection}/${encodeURIComponent(parent.name)}`
    const answer = await transport.send({ verb: 'get', path, target })
    return answer.status === 404 ? undefined : objectIn(answer, target)
  }

  async function put(parent: InventoryParent, body: KubeObject): Promise<Answer> {
    const target = targetOf(parent)
    if (body.metadata.resourceVersion !== undefined) {
      const path = withQuery(`${collection}/${encodeURIComponent(parent.name)}`, { fieldManager })
      return transport.send({ verb: 'update', path, target, body })
    }
    return createInOwn(transport, namespace, {
      verb: 'create',
      path: withQuery(collection, { fieldManager }),
      target,
      body,
    })
  }

  /** A retried write whose first answer was lost meets its own traces. */
  async function readIfOurs(parent: InventoryParent, body: KubeObject) {
    const live = await fetch(parent)
    if (live === undefined || !isSameContent(live, body)) return undefined
    return parseInventory(parent, live, memory)
  }

  return {
    async read(application) {
      const parent = inventoryParent(application, deps)
      const object = await fetch(parent)
      return object === undefined ? emptyInventory : parseInventory(parent, object, memory)
    },

    async write(application, next) {
      const parent = inventoryParent(application, deps)
      const body = inventoryConfigMap(parent, next)
      const answer = await put(parent, body)
      if (answer.status < 300) {
        const { resourceVersion } = objectIn(answer, targetOf(parent)).metadata
        memory.learn(body.binaryData.inventory, body.data.history, next)
        return { ...next, resourceVersion }
      }
      const isLost =
        answer.status === 409 || (answer.status === 404 && next.resourceVersion !== undefined)
      if (!isLost) throw statusError(answer, targetOf(parent))
      const ours = next.syncId === undefined ? undefined : await readIfOurs(parent, body)
      if (ours !== undefined) return ours
      throw fenceLost(parent)
    },

    async remove(application, { resourceVersion }) {
      if (resourceVersion === undefined) return
      const parent = inventoryParent(application, deps)
      const target = targetOf(parent)
      const path = `${collection}/${encodeURIComponent(parent.name)}`
      const body = { preconditions: { resourceVersion } }
      const answer = await transport.send({ verb: 'delete', path, target, body })
      if (answer.status === 409) throw fenceLost(parent)
      if (answer.status >= 300 && answer.status !== 404) throw statusError(answer, target)
    },

    partOf(application) {
      return applySetId(inventoryParent(application, deps).name, namespace)
    },

    query: { group: '', kind: 'ConfigMap', namespace, labelSelector: applySetIdLabel },

    queryOf(partOf) {
      const labelSelector = `${applySetIdLabel}=${partOf}`
      return { group: '', kind: 'ConfigMap', namespace, labelSelector }
    },

    parse(object) {
      const application = applicationOf(object.metadata.name)
      if (application === undefined || object.metadata.namespace !== namespace) return undefined
      try {
        const parent = inventoryParent(application, deps)
        return { application, inventory: parseInventory(parent, object, memory) }
      } catch {
        // Whoever reads it for a sync tells why.
        return { application, inventory: undefined }
      }
    },
  }
}

function isSameContent(live: KubeObject, ours: KubeObject): boolean {
  const contentOf = ({ metadata, ...rest }: KubeObject) =>
    JSON.stringify([sorted(metadata.annotations), rest['data'], rest['binaryData']])
  return contentOf(live) === contentOf(ours)
}

function sorted(map: Readonly<Record<string, string>> = {}): [string, string][] {
  return Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1))
}

function fenceLost({ namespace, name }: InventoryParent): StageError {
  return new StageError(
    'FENCE_LOST',
    `ConfigMap ${namespace}/${name} was written by another sync meanwhile; this one stops`,
  )
}

function objectIn(answer: Answer, target: Target): KubeObject {
  if (answer.status === 200 || answer.status === 201) {
    if (isKubeObject(answer.body)) return answer.body
  }
  throw statusError(answer, target)
}

function targetOf({ namespace, name }: InventoryParent): Target {
  return { resource: 'configmaps', group: '', kind: 'ConfigMap', namespace, name }
}
