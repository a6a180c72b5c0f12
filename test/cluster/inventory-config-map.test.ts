import { createHash } from 'node:crypto'
import { test } from 'tap'
import {
  inventoryConfigMap,
  inventoryParent,
  parseInventory,
} from '../../src/cluster/inventory-config-map.ts'
import { createInventoryMemory } from '../../src/cluster/inventory-memory.ts'
import type { Inventory, InventoryEntry } from '../../src/domain/inventory.ts'
import type { KubeObject } from '../../src/domain/kube-object.ts'

const parent = inventoryParent('task-agent', { namespace: 'landfall-system', version: '1.2.3' })

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

function anInventory(overrides: Partial<Inventory> = {}): Inventory {
  return {
    resourceVersion: '7',
    entries: [anEntry()],
    hooks: [],
    revision: 'a'.repeat(40),
    syncId: '5'.repeat(32),
    history: [],
    paused: undefined,
    ...overrides,
  }
}

type Change = (object: Record<string, Record<string, unknown>>) => void

function changed(change: Change): KubeObject {
  const copy = JSON.parse(JSON.stringify(inventoryConfigMap(parent, anInventory())))
  change(copy)
  return copy
}

const read = (of: typeof parent, object: KubeObject) =>
  parseInventory(of, object, createInventoryMemory())

test('it is the parent of an ApplySet as kubectl knows them', async (t) => {
  const entries = [
    anEntry(),
    anEntry({ group: '', kind: 'Service' }),
    anEntry({ group: '', kind: 'Namespace', namespace: '', name: 'shop' }),
    anEntry({ group: '', kind: 'ConfigMap', namespace: 'landfall-system' }),
    anEntry({ namespace: 'attic' }),
  ]

  const { metadata } = inventoryConfigMap(parent, anInventory({ entries }))

  t.same(metadata, {
    name: 'landfall-task-agent',
    namespace: 'landfall-system',
    resourceVersion: '7',
    labels: {
      // printf 'landfall-task-agent.landfall-system.ConfigMap.' | sha256sum, base64url
      'applyset.kubernetes.io/id': 'applyset-bejo8RxBTXYPRKMAgUrX_uZlSaTy9UV3banrIM9eVwc-v1',
    },
    annotations: {
      'applyset.kubernetes.io/tooling': 'landfall/1.2.3',
      'applyset.kubernetes.io/contains-group-kinds': 'ConfigMap,Deployment.apps,Namespace,Service',
      'applyset.kubernetes.io/additional-namespaces': 'attic,shop',
      'landfall.dev/revision': 'a'.repeat(40),
      'landfall.dev/sync': '5'.repeat(32),
    },
  })
})

test('what is written is read back', async (t) => {
  const inventory = anInventory()

  t.same(read(parent, inventoryConfigMap(parent, inventory)), inventory)
})

test('before the first sync has ended there is no revision', async (t) => {
  const inventory = anInventory({ revision: undefined, syncId: undefined, entries: [] })

  t.same(read(parent, inventoryConfigMap(parent, inventory)), inventory)
})

test('E8: an inventory that cannot be read is never an empty one', async (t) => {
  const damages: Change[] = [
    ({ binaryData }) => delete binaryData?.['inventory'],
    ({ binaryData }) => Object.assign(binaryData ?? {}, { inventory: 'AAAA' }),
    (object) => delete object['binaryData'],
    ({ metadata }) => delete metadata?.['labels'],
    ({ metadata }) =>
      Object.assign(metadata ?? {}, { labels: { 'applyset.kubernetes.io/id': 'x' } }),
    ({ metadata }) => delete metadata?.['annotations'],
  ]
  for (const damage of damages) {
    t.throws(() => read(parent, changed(damage)), {
      code: 'INVENTORY_UNREADABLE',
      text: /^ConfigMap landfall-system\/landfall-task-agent: .*; restore it from a backup, or delete it/,
    })
  }
})

test('another tool’s ApplySet is left alone, and named', async (t) => {
  const foreign = changed(({ metadata }) =>
    Object.assign(metadata ?? {}, {
      annotations: { 'applyset.kubernetes.io/tooling': 'kubectl/v1.36.3' },
    }),
  )

  t.throws(() => read(parent, foreign), {
    code: 'PLAN_OWNED_BY_OTHER',
    text: /belongs to kubectl\/v1\.36\.3, not to Landfall/,
  })
})

test('an application too large for one ConfigMap says so', async (t) => {
  const random = (seed: string) => createHash('sha256').update(seed).digest('hex')
  const entries = Array.from({ length: 20_000 }, (_, index) =>
    anEntry({ name: `a${index}`, hash: random(`h${index}`), seal: random(`s${index}`) }),
  )

  t.throws(() => inventoryConfigMap(parent, anInventory({ entries })), {
    code: 'RENDER_LIMIT',
    text: /inventory of 20000 objects .* split the application/,
  })
})

test('what is left of hooks is kept, and their kinds are told', async (t) => {
  const hook = {
    group: 'batch',
    version: 'v1',
    kind: 'Job',
    namespace: 'shop',
    name: 'migrate-5555',
    declared: 'migrate',
    uid: 'u2',
    hash: 'h',
    run: '5'.repeat(32),
    outcome: 'failed',
  } as const
  const object = inventoryConfigMap(parent, anInventory({ hooks: [hook] }))

  t.strictSame(read(parent, object).hooks, [hook])
  t.match(object.metadata.annotations, {
    'applyset.kubernetes.io/contains-group-kinds': 'Deployment.apps,Job.batch',
  })
  t.strictSame(
    read(
      parent,
      changed(() => {}),
    ).hooks,
    [],
  )
  t.throws(
    () =>
      read(
        parent,
        changed(({ data = {} }) => (data['hooks'] = '[{"name":1}]')),
      ),
    { code: 'INVENTORY_UNREADABLE', text: /data\.hooks is damaged/ },
  )
})
