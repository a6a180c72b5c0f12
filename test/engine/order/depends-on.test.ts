import { test } from 'tap'
import { parseDependsOn } from '../../../src/engine/order/depends-on.ts'
import { readOrdering } from '../../../src/engine/order/ordering.ts'

test('the value of depends-on', async (t) => {
  await t.test('names objects with and without a namespace, of any group', async (t) => {
    const text = 'apps/namespaces/shop/Deployment/db, /namespaces/shop/Service/db,/Namespace/shop'

    t.strictSame(parseDependsOn(text), {
      keys: ['apps/Deployment/shop/db', '/Service/shop/db', '/Namespace//shop'],
      problems: [],
    })
  })

  await t.test('anything else is told, and how to write it', async (t) => {
    for (const text of [
      'db',
      'apps/v1/namespaces/shop/Deployment/db',
      'apps//db',
      'a/b/c/d/e',
      '',
    ]) {
      const { keys, problems } = parseDependsOn(text)

      t.strictSame(keys, [], text)
      t.match(problems, [/names no object; write group\/kind\/name or /], text)
    }
  })

  await t.test('an object named twice is told', async (t) => {
    const { keys, problems } = parseDependsOn('/Namespace/shop,/Namespace/shop')

    t.strictSame(keys, ['/Namespace//shop'])
    t.strictSame(problems, ['names /Namespace/shop twice; keep one'])
  })
})

test('the place of an object', async (t) => {
  const ordering = (annotations: Record<string, string>) =>
    readOrdering({ metadata: { name: 'a', annotations } })

  await t.test('without annotations it is in wave 0 and waits for none', async (t) => {
    t.strictSame(ordering({}), { wave: 0, dependsOn: [], problems: [] })
  })

  await t.test('is said in the words of Landfall, Argo CD and cli-utils', async (t) => {
    t.equal(ordering({ 'landfall.dev/wave': '3' }).wave, 3)
    t.equal(ordering({ 'argocd.argoproj.io/sync-wave': '-5' }).wave, -5)
    t.equal(ordering({ 'argocd.argoproj.io/sync-wave': '1', 'landfall.dev/wave': '2' }).wave, 2)
    t.strictSame(
      ordering({
        'landfall.dev/depends-on': '/Namespace/a',
        'config.kubernetes.io/depends-on': '/Namespace/a,/Namespace/b',
      }).dependsOn,
      ['/Namespace//a', '/Namespace//b'],
    )
  })

  await t.test('a wave that is no whole number is told', async (t) => {
    t.strictSame(ordering({ 'argocd.argoproj.io/sync-wave': 'first' }).problems, [
      'argocd.argoproj.io/sync-wave: "first" is no whole number; write one, such as "1"',
    ])
  })
})
