import { test } from 'tap'
import { readPodSelector } from '../../../src/engine/health/label-selector.ts'

const selects = (selector: unknown) => readPodSelector({ spec: { selector } })

test('the pod selector of a workload', async (t) => {
  await t.test('names every label', async (t) => {
    t.equal(selects({ matchLabels: { app: 'web', tier: 'front' } }), 'app=web,tier=front')
  })

  await t.test('carries every kind of expression', async (t) => {
    const matchExpressions = [
      { key: 'env', operator: 'In', values: ['prod', 'test'] },
      { key: 'zone', operator: 'NotIn', values: ['a'] },
      { key: 'app', operator: 'Exists' },
      { key: 'canary', operator: 'DoesNotExist' },
    ]

    t.equal(selects({ matchExpressions }), 'env in (prod,test),zone notin (a),app,!canary')
  })

  await t.test('joins labels and expressions', async (t) => {
    const matchExpressions = [{ key: 'canary', operator: 'DoesNotExist' }]

    t.equal(selects({ matchLabels: { app: 'web' }, matchExpressions }), 'app=web,!canary')
  })

  await t.test('of a ReplicationController is a plain map', async (t) => {
    t.equal(selects({ app: 'web' }), 'app=web')
  })

  await t.test('that would select every pod is none', async (t) => {
    for (const selector of [undefined, null, 'app', {}, { matchLabels: {} }]) {
      t.equal(selects(selector), undefined)
    }
  })

  await t.test('leaves out what no server would have stored', async (t) => {
    const matchExpressions = [{ operator: 'Exists' }, { key: 'app', operator: 'Like' }]

    t.equal(selects({ matchLabels: { app: 1, tier: 'front' }, matchExpressions }), 'tier=front')
  })
})
