import { test } from 'tap'
import type { Inventory, InventoryEntry } from '../../src/domain/inventory.ts'
import { emptyInventory } from '../../src/domain/inventory.ts'
import { testCluster } from '../support/test-cluster.ts'

function anEntry(overrides: Partial<InventoryEntry> = {}): InventoryEntry {
  return {
    group: 'apps',
    version: 'v1',
    kind: 'Deployment',
    namespace: 'shop',
    name: 'task-agent',
    uid: 'u1',
    hash: 'h',
    seal: 's',
    generation: 1,
    resourceVersion: '9',
    ...overrides,
  }
}

function next(before: Inventory, overrides: Partial<Inventory> = {}): Inventory {
  return { ...before, entries: [anEntry()], syncId: 'sync-1', ...overrides }
}

test('an inventory', async (t) => {
  const { cluster, namespace } = await testCluster(t)
  const store = (await testCluster(t, { inventoryNamespace: namespace })).cluster.inventory

  await t.test('that does not exist yet is empty', async (t) => {
    t.same(await store.read('none'), emptyInventory)
  })

  await t.test('is read as it was written', async (t) => {
    const written = await store.write('app', next(emptyInventory, { revision: 'abc' }))

    t.match(written, { entries: [anEntry()], revision: 'abc', syncId: 'sync-1' })
    t.match(written.resourceVersion, /^\d+$/)
    t.same(await store.read('app'), written)
  })

  await t.test('is the parent its members name', async (t) => {
    const ref = { group: '', version: 'v1', kind: 'ConfigMap', namespace, name: 'landfall-app' }
    const parent = await cluster.own.get(ref)

    t.equal(parent?.metadata.labels?.['applyset.kubernetes.io/id'], store.partOf('app'))
    t.equal(parent?.metadata.managedFields?.[0]?.manager, 'landfall')
  })

  await t.test('R2: is lost to whoever wrote it since', async (t) => {
    const before = await store.read('app')
    await store.write('app', next(before, { syncId: 'newer' }))

    await t.rejects(store.write('app', next(before, { syncId: 'older' })), {
      code: 'FENCE_LOST',
      text: `ConfigMap ${namespace}/landfall-app was written by another sync meanwhile; this one stops`,
    })
    t.equal((await store.read('app')).syncId, 'newer')
  })

  await t.test('is made by one of two that make it at once', async (t) => {
    const results = await Promise.allSettled([
      store.write('race', next(emptyInventory, { syncId: 'one' })),
      store.write('race', next(emptyInventory, { syncId: 'two' })),
    ])

    t.same(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
    t.match(
      results.find(({ status }) => status === 'rejected'),
      { reason: { code: 'FENCE_LOST' } },
    )
  })

  await t.test('R13: is ours when our own write landed though its answer was lost', async (t) => {
    const before = await store.read('app')
    const wanted = next(before, { syncId: 'same', entries: [anEntry({ uid: 'u2' })] })
    const landed = await store.write('app', wanted)

    t.same(await store.write('app', wanted), landed)
  })

  await t.test('that was deleted meanwhile is lost, not made anew', async (t) => {
    const before = await store.write('gone', next(emptyInventory))
    const ref = { group: '', version: 'v1', kind: 'ConfigMap', namespace, name: 'landfall-gone' }
    const uid = (await cluster.own.get(ref))?.metadata.uid ?? ''
    await cluster.own.remove(ref, { uid, propagation: 'Background' })

    await t.rejects(store.write('gone', next(before)), { code: 'FENCE_LOST' })
    t.same(await store.read('gone'), emptyInventory)
  })
})

test('the namespace of the inventories is made when it is missing', async (t) => {
  const { namespace, kubectl } = await testCluster(t)
  const inventoryNamespace = `${namespace}-system`
  const { cluster } = await testCluster(t, { inventoryNamespace })
  t.teardown(() => kubectl('delete', 'namespace', inventoryNamespace, '--wait=false'))

  await cluster.inventory.write('app', next(emptyInventory))

  t.match(await cluster.inventory.read('app'), { entries: [anEntry()] })
})

test('E8: an inventory damaged by hand stops the sync', async (t) => {
  const { namespace, kubectl } = await testCluster(t)
  const { cluster } = await testCluster(t, { inventoryNamespace: namespace })
  await cluster.inventory.write('app', next(emptyInventory))
  await kubectl('patch', 'configmap', 'landfall-app', '-p', '{"binaryData":{"inventory":"AAAA"}}')

  await t.rejects(cluster.inventory.read('app'), {
    code: 'INVENTORY_UNREADABLE',
    text: new RegExp(`^ConfigMap ${namespace}/landfall-app: `),
  })
})
