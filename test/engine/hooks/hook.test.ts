import { test } from 'tap'
import { emptyInventory } from '../../../src/domain/inventory.ts'
import { areDue, staleEntries, withoutHooks } from '../../../src/engine/hooks/due-hooks.ts'
import {
  type Hook,
  instanceOf,
  inTurns,
  probeOf,
  takeHooks,
} from '../../../src/engine/hooks/hook.ts'
import { entryOf as objectEntry } from '../../support/objects.ts'
import { anOrdered } from '../../support/ordered-objects.ts'

const run = 'abcdef0123456789abcdef0123456789'

function aHook(
  name: string,
  {
    kind = 'Job',
    weight = 0,
    ...metadata
  }: Record<string, unknown> & { kind?: string; weight?: number } = {},
): Hook {
  const apiVersion = kind === 'Job' ? 'batch/v1' : 'v1'
  const item = anOrdered({ apiVersion, kind, name })
  const object = { ...item.object, metadata: { ...item.object.metadata, ...metadata } }
  return {
    desired: { ...item, object },
    phases: ['pre-sync'],
    deletion: ['before-creation'],
    weight,
  }
}

function anEntry(hook: Hook, outcome: 'begun' | 'idle' | 'succeeded' | 'failed') {
  const { ref, hash } = hook.desired
  return { ...ref, declared: ref.name, uid: 'u1', hash, run, outcome }
}

test('taking hooks out of what Git declares', async (t) => {
  const hook = (value: string) => ({ 'argocd.argoproj.io/hook': value })

  await t.test('leaves the objects, and says what is not applied', async (t) => {
    const taken = takeHooks([
      anOrdered({ name: 'a' }),
      anOrdered({ name: 'b', annotations: hook('PreSync') }),
      anOrdered({ name: 'c', annotations: hook('PostDelete') }),
      anOrdered({ name: 'd', annotations: hook('Skip') }),
    ])

    t.strictSame(
      taken.desired.map(({ ref }) => ref.name),
      ['a'],
    )
    t.strictSame(
      taken.hooks.map(({ desired }) => desired.ref.name),
      ['b'],
    )
    t.strictSame(taken.warnings, [
      'c.yaml:1: ConfigMap shop/c: argocd.argoproj.io/hook: PostDelete is for no sync; it is not applied',
    ])
  })

  await t.test('refuses all that cannot be read at once', async (t) => {
    const bad = ['a', 'b'].map((name) => anOrdered({ name, annotations: hook('Presync') }))

    t.throws(() => takeHooks(bad), { code: 'PLAN_ORDER_INVALID', message: /b\.yaml|and 1 more/ })
  })
})

test('the turns of hooks go by weight, then by what others need first', async (t) => {
  const turns = inTurns([
    aHook('late', { weight: 1 }),
    aHook('job'),
    aHook('settings', { kind: 'ConfigMap' }),
    aHook('other'),
    aHook('first', { weight: -1 }),
  ])

  t.strictSame(
    turns.map((turn) => turn.map(({ desired }) => desired.ref.name)),
    [['first'], ['settings'], ['job', 'other'], ['late']],
  )
})

test('the object of a run', async (t) => {
  await t.test('bears the name in Git, and the id of its sync', async (t) => {
    const { ref, object } = instanceOf(aHook('migrate'), run)

    t.equal(ref.name, 'migrate')
    t.strictSame(object.metadata.annotations, { 'landfall.dev/hook-run': run })
  })

  await t.test('bears a name of its own where one is to be generated', async (t) => {
    const { ref, object } = instanceOf(aHook('migrate', { generateName: 'migrate-' }), run)

    t.equal(ref.name, 'migrate-abcdef01')
    t.notOk('generateName' in object.metadata)
  })

  await t.test('is checked under another name, which a Job may have', async (t) => {
    const probe = probeOf(aHook(`${'x'.repeat(54)}.${'y'.repeat(20)}`))

    t.equal(probe?.object.metadata.name, `${'x'.repeat(54)}-dry-run`)
    t.equal(probeOf(aHook('w', { kind: 'CustomResourceDefinition' })), undefined)
  })
})

test('hooks are due', async (t) => {
  const hook = aHook('migrate')
  const due = (
    outcome: 'begun' | 'idle' | 'succeeded' | 'failed' | undefined,
    { hasChanges = false, isHealOnly = false, isAsked = false } = {},
  ) => {
    const hooks = outcome === undefined ? [] : [anEntry(hook, outcome)]
    const inventory = { ...emptyInventory, hooks }
    return areDue({ hooks: [hook], inventory, isHealOnly, isAsked }, hasChanges)
  }

  await t.test('with a change, and when they are new or were cut off', async (t) => {
    t.ok(due('succeeded', { hasChanges: true }))
    t.ok(due(undefined))
    t.ok(due('begun'))
    t.ok(
      areDue(
        {
          hooks: [hook],
          inventory: { ...emptyInventory, hooks: [{ ...anEntry(hook, 'idle'), hash: 'old' }] },
          isHealOnly: false,
          isAsked: false,
        },
        false,
      ),
    )
  })

  await t.test('not without a change, and never for a heal', async (t) => {
    t.notOk(due('succeeded'))
    t.notOk(due('idle'))
    t.notOk(due('failed'))
    t.notOk(due(undefined, { hasChanges: true, isHealOnly: true }))
    t.notOk(
      areDue({ hooks: [], inventory: emptyInventory, isHealOnly: false, isAsked: true }, true),
    )
  })

  await t.test('once more, those that failed, when a person asks', async (t) => {
    t.ok(due('failed', { isAsked: true }))
    t.notOk(due('succeeded', { isAsked: true }))
  })
})

test('what hooks have left in the inventory', async (t) => {
  const hook = aHook('migrate')
  const other = anEntry(aHook('other'), 'succeeded')

  await t.test('is stale when Git no longer has the hook', async (t) => {
    const inventory = { ...emptyInventory, hooks: [anEntry(hook, 'succeeded'), other] }

    t.strictSame(staleEntries(inventory, [hook]), [other])
  })

  await t.test('what changes sides is no longer on the other one', async (t) => {
    const inventory = {
      ...emptyInventory,
      entries: [objectEntry(hook.desired.object)],
      hooks: [other],
    }
    const desired = [aHook('other').desired]

    t.match(withoutHooks(inventory, { hooks: [hook], desired }), { entries: [], hooks: [] })
    t.equal(withoutHooks(emptyInventory, { hooks: [], desired }), emptyInventory)
  })
})
