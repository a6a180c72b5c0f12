import { test } from 'tap'
import type { ObjectStatus } from '../../src/domain/application-status.ts'
import type { Health } from '../../src/domain/health.ts'
import { emptyInventory } from '../../src/domain/inventory.ts'
import type { Reconciled } from '../../src/engine/reconcile.ts'
import { type SettleInput, settle } from '../../src/engine/settle.ts'
import { aConfigMap, desiredOf } from '../support/objects.ts'

const desired = desiredOf(aConfigMap('a'))
const reconciled: Reconciled = {
  inventory: emptyInventory,
  live: new Map(),
  failure: undefined,
  wrote: false,
  isSuperseded: false,
  hooks: undefined,
  takenFrom: [],
  right: [],
}

function told(health: Health): ObjectStatus {
  const { kind, namespace, name } = desired.ref
  return { kind, namespace, name, health, action: 'unchanged', message: '' }
}

/** Whether a sync that wrote nothing looks how healthy the objects are. */
async function looks(known: Health | undefined, watched?: SettleInput['watched']) {
  let isLooked = false
  await settle({
    rollout: {
      msLeft: () => 0,
      isOutdated: () => false,
      async awaitHealth() {
        isLooked = true
        return { kind: 'healthy', objects: [] }
      },
    },
    memory: {
      judged: new Map(),
      objects: known && [told(known)],
      inventory: undefined,
      askedAt: undefined,
      hasLooked: true,
    },
    desired: [desired],
    reconciled,
    suspects: undefined,
    watched,
    isAwaited: false,
    makesWay: true,
    drifted: () => new AbortController().signal,
    heal: async (before) => before,
  })
  return isLooked
}

test('a sync that wrote nothing', async (t) => {
  await t.test('does not look at objects that were told to be healthy', async (t) => {
    t.equal(await looks('Healthy'), false)
    t.equal(await looks('Healthy', { isWell: true }), false)
  })

  await t.test('looks where one was not, or nobody knows', async (t) => {
    t.equal(await looks('Degraded', { isWell: true }), true)
    t.equal(await looks(undefined), true)
  })

  await t.test('looks where the watcher has seen that one is not any more', async (t) => {
    t.equal(await looks('Healthy', { isWell: false }), true)
  })
})
