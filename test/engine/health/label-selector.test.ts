import { test } from 'tap'
import { podSelection, readPodSelector } from '../../../src/engine/health/label-selector.ts'

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

test('the pods a selector finds, as the server finds them', async (t) => {
  const finds = (selector: object, labels?: Record<string, string>) => {
    const metadata = { name: 'web', namespace: 'shop' }
    const workload = { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { selector } }
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...metadata, ...(labels && { labels }) },
    }
    return podSelection(workload)?.matches(pod)
  }
  const expression = (operator: string, ...values: string[]) => ({
    matchExpressions: [{ key: 'tier', operator, ...(values.length > 0 && { values }) }],
  })

  await t.test('have each label of a plain selector or of matchLabels', async (t) => {
    for (const selector of [{ app: 'web', x: '1' }, { matchLabels: { app: 'web', x: '1' } }]) {
      t.ok(finds(selector, { app: 'web', x: '1', other: 'y' }))
      t.notOk(finds(selector, { app: 'web' }))
      t.notOk(finds(selector))
    }
  })

  await t.test('agree with each expression; one without the key is not in a list', async (t) => {
    t.ok(finds(expression('In', 'a', 'b'), { tier: 'b' }))
    t.notOk(finds(expression('In', 'a', 'b'), { tier: 'c' }))
    t.notOk(finds(expression('In', 'a'), {}))
    t.ok(finds(expression('NotIn', 'a'), { tier: 'b' }))
    t.ok(finds(expression('NotIn', 'a'), {}))
    t.notOk(finds(expression('NotIn', 'a'), { tier: 'a' }))
    t.ok(finds(expression('Exists'), { tier: '' }))
    t.notOk(finds(expression('Exists'), {}))
    t.ok(finds(expression('DoesNotExist'), {}))
    t.notOk(finds(expression('DoesNotExist'), { tier: 'a' }))
  })

  await t.test('are none where there is no selector', async (t) => {
    t.equal(finds({}), undefined)
  })
})
