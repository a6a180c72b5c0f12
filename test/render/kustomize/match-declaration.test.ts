import fc from 'fast-check'
import { test } from 'tap'
import { matchDeclaration } from '../../../src/render/kustomize/match-declaration.ts'

const aService = (name: string, line = 1, namespace = '') => ({
  apiVersion: 'v1',
  kind: 'Service',
  namespace,
  name,
  line,
})

test('the declaration of an object', async (t) => {
  await t.test('is found whatever kustomize has put around its name', (t) => {
    const name = fc.stringMatching(/^[a-m]{1,8}$/)
    const affix = fc.stringMatching(/^[n-z-]{0,8}$/)
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1 }), affix, affix, (names, before, behind) => {
        const declared = names.map((one, index) => aService(one, index + 1))
        for (const { name, line } of declared) {
          const found = matchDeclaration(declared, aService(`${before}${name}${behind}`))
          t.strictSame(found, { kind: 'found', line })
        }
      }),
    )
    t.end()
  })

  const [web, db] = [aService('web', 1), aService('web-db', 5)]
  const shop = aService('web', 9, 'shop')
  const other = { ...aService('web', 3), apiVersion: 'serving.knative.dev/v1' }

  await t.test('is of its kind and version', async (t) => {
    t.same(matchDeclaration([web, other], other), { kind: 'found', line: 3 })
    t.same(matchDeclaration([other], web), { kind: 'none' })
  })

  await t.test('is in its namespace where two have the name', async (t) => {
    t.same(matchDeclaration([web, db, shop], shop), { kind: 'found', line: 9 })
    t.same(matchDeclaration([web, shop], aService('web', 1, 'x')), { kind: 'several' })
  })

  await t.test('is the only one of its kind where a patch has renamed it', async (t) => {
    t.same(matchDeclaration([web, other], aService('new')), { kind: 'found', line: 1 })
    t.same(matchDeclaration([web, db], aService('new')), { kind: 'several' })
  })
})
