import { test } from 'tap'
import type { InventoryEntry } from '../../src/domain/inventory.ts'
import type { KubeObject, ObjectMeta } from '../../src/domain/kube-object.ts'
import { partOfLabel } from '../../src/engine/place-objects.ts'
import { decidePrune, judgePruning, keptReason } from '../../src/engine/prune-policy.ts'
import { aConfigMap, aDeployment, entryOf, fields, ownedBy } from '../support/objects.ts'

function entries(count: number): InventoryEntry[] {
  return Array.from({ length: count }, (_, index) => entryOf(aConfigMap(`settings-${index}`)))
}

const claim = entryOf({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data', namespace: 'shop' },
})
const crd = entryOf({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
})
const free = { enabled: true, allowed: false }

test('deciding what to prune', async (t) => {
  await t.test('nothing, when Git still has everything', async (t) => {
    const inventory = entries(3)

    t.strictSame(decidePrune({ inventory, removed: [], declared: 3, ...free }), { kind: 'none' })
  })

  await t.test('what Git no longer has', async (t) => {
    const inventory = entries(3)
    const removed = inventory.slice(0, 2)

    t.strictSame(decidePrune({ inventory, removed, declared: 1, ...free }), {
      kind: 'prune',
      entries: removed,
      kept: [],
    })
  })

  await t.test('nothing, when pruning is switched off, whatever a commit allows', async (t) => {
    const inventory = entries(3)
    const input = { inventory, removed: inventory, declared: 0, enabled: false, allowed: true }

    t.strictSame(decidePrune(input), { kind: 'disabled', kept: inventory })
  })

  await t.test('E8: not everything, even of one object, unless a commit allows it', async (t) => {
    const inventory = entries(1)
    const input = { inventory, removed: inventory, declared: 0, ...free }

    t.match(decidePrune(input), {
      kind: 'refused',
      reason:
        'Git no longer has any of the 1 object of this application; nothing was deleted; if that is what you want, commit again with the line "Landfall-Allow-Prune: true" at the end of the message',
      kept: inventory,
    })
    t.match(decidePrune({ ...input, allowed: true }), { kind: 'prune', entries: inventory })
  })

  await t.test('E8: ten objects or 30 %, whichever is more, and not one over', async (t) => {
    const kindOf = (all: number, gone: number) => {
      const inventory = entries(all)
      const removed = inventory.slice(0, gone)
      return decidePrune({ inventory, removed, declared: all - gone, ...free }).kind
    }

    t.equal(kindOf(11, 10), 'prune')
    t.equal(kindOf(12, 11), 'refused')
    t.equal(kindOf(100, 30), 'prune')
    t.equal(kindOf(100, 31), 'refused')
  })

  await t.test('a refusal says how many of how many', async (t) => {
    const inventory = entries(20)
    const input = { inventory, removed: inventory.slice(0, 15), declared: 5, ...free }

    t.match(decidePrune(input), { reason: /^Git no longer has 15 of 20 objects; / })
  })

  await t.test('E8: no kind that holds data, unless a commit allows it', async (t) => {
    const [settings] = entries(1)
    const inventory = [...entries(3), claim, crd]
    const removed = inventory.slice(2)

    const decision = decidePrune({ inventory, removed, declared: 2, ...free })

    t.strictSame(decision, { kind: 'prune', entries: [inventory[2]], kept: [claim, crd] })
    t.match(decidePrune({ inventory, removed, declared: 2, enabled: true, allowed: true }), {
      entries: removed,
      kept: { length: 0 },
    })
    t.equal(settings?.kind, 'ConfigMap')
  })

  await t.test('what is kept says why and what to do', async (t) => {
    t.equal(
      keptReason(claim),
      'PersistentVolumeClaim shop/data is no longer in Git but kept: a PersistentVolumeClaim takes other data with it; delete it by hand, or commit with the line "Landfall-Allow-Prune: true" at the end of the message',
    )
  })
})

const context = { partOf: 'applyset-1', written: new Set<string>() }
const metadata: ObjectMeta = {
  ...aDeployment().metadata,
  labels: { [partOfLabel]: 'applyset-1' },
  managedFields: [ownedBy('landfall', fields('f:spec f:replicas'))],
}
const entry = entryOf(aDeployment())

function aLive(changes: Partial<ObjectMeta> = {}, object: Partial<KubeObject> = {}): KubeObject {
  return aDeployment({ metadata: { ...metadata, ...changes }, ...object })
}

test('the last look before a delete', async (t) => {
  const abandon = (reason: string) => ({ kind: 'abandon', reason }) as const

  await t.test('names the object by its uid', async (t) => {
    t.strictSame(judgePruning(entry, aLive(), context), { kind: 'delete', uid: 'u1' })
  })

  await t.test('finds nothing to do for an object that is gone', async (t) => {
    t.strictSame(judgePruning(entry, undefined, context), { kind: 'gone' })
  })

  await t.test(
    'deletes an object whose write was never confirmed, by what it is now',
    async (t) => {
      t.strictSame(judgePruning({ ...entry, uid: '' }, aLive(), context), {
        kind: 'delete',
        uid: 'u1',
      })
    },
  )

  await t.test('E8: lets go of what is not, or no longer, ours', async (t) => {
    const look = (live: KubeObject) => judgePruning(entry, live, context)
    const owner = { apiVersion: 'v1', kind: 'X', name: 'x', uid: 'x' }

    t.strictSame(look(aLive({ uid: 'u2' })), abandon('somebody else made it anew'))
    t.strictSame(look(aLive({ labels: {} })), abandon('it no longer carries our label'))
    t.strictSame(
      look(aLive({ labels: { [partOfLabel]: 'applyset-2' } })),
      abandon('it no longer carries our label'),
    )
    t.strictSame(look(aLive({ managedFields: [] })), abandon('none of its fields are ours'))
    t.strictSame(
      look(aLive({ ownerReferences: [{ ...owner, controller: true }] })),
      abandon('a controller owns it'),
    )
    t.equal(look(aLive({ ownerReferences: [owner] })).kind, 'delete')
    t.strictSame(
      look(aLive({ annotations: { 'landfall.dev/prune': 'disabled' } })),
      abandon('an annotation on it forbids pruning'),
    )
  })

  await t.test('lets go of an object that was just applied under another group', async (t) => {
    const written = new Set(['u1'])

    t.strictSame(
      judgePruning(entry, aLive(), { ...context, written }),
      abandon('it was just applied under another API group'),
    )
  })

  await t.test('lets go of an object without labels, fields or a uid', async (t) => {
    const { labels: _labels, ...unlabelled } = metadata
    const { managedFields: _fields, ...unowned } = metadata
    const { uid: _uid, ...anonymous } = metadata
    const kindOf = (metadata: ObjectMeta) =>
      judgePruning(entry, aDeployment({ metadata }), context).kind

    for (const some of [unlabelled, unowned, anonymous]) t.equal(kindOf(some), 'abandon')
  })

  await t.test('never deletes a namespace of Kubernetes itself', async (t) => {
    const look = (name: string) =>
      judgePruning(entry, aLive({ name }, { apiVersion: 'v1', kind: 'Namespace' }), context)

    for (const name of ['default', 'kube-system', 'kube-public', 'kube-node-lease']) {
      t.strictSame(look(name), abandon('it is a namespace of Kubernetes itself'))
    }
    t.equal(look('shop').kind, 'delete')
  })
})
