import fc from 'fast-check'
import { test } from 'tap'
import { createMatch } from '../../../src/render/kustomize/match-declaration.ts'

const aService = (name: string, line = 1, namespace = '') => ({
  apiVersion: 'v1',
  kind: 'Service',
  namespace,
  name,
  file: 'a.yaml',
  line,
})

type Service = ReturnType<typeof aService>

function linesOf(declared: readonly Service[], object: Service, prefixes: string[] = []) {
  const match = createMatch(declared, { prefixes: new Set(prefixes), suffixes: new Set(['-x']) })
  return match(object).map(({ line }) => line)
}

test('the declaration of an object', async (t) => {
  await t.test('is found whatever kustomize has put around its name', (t) => {
    const name = fc.stringMatching(/^[a-m]{1,8}$/)
    const affixes = fc.array(fc.stringMatching(/^[n-z-]{1,8}$/), { maxLength: 4 })
    fc.assert(
      fc.property(
        fc.uniqueArray(name, { minLength: 1 }),
        affixes,
        affixes,
        (names, before, behind) => {
          const declared = names.map((one, index) => aService(one, index + 1))
          const match = createMatch(declared, {
            prefixes: new Set(before),
            suffixes: new Set(behind),
          })
          for (const one of declared) {
            const built = `${before.join('')}${one.name}${behind.join('')}`
            t.strictSame(match(aService(built)), [one])
          }
        },
      ),
    )
    t.end()
  })

  const [web, db] = [aService('web', 1), aService('web-db', 5)]
  const shop = aService('web', 9, 'shop')
  const other = { ...aService('web', 3), apiVersion: 'serving.knative.dev/v1' }

  await t.test('is that with the longest name', async (t) => {
    const long = aService('a-web', 7)
    t.same(linesOf([web, long], aService('a-web-x'), ['a-']), [7])
    t.same(linesOf([web, db], aService('a-web-x'), ['a-']), [1])
  })

  await t.test('is none whose name something else would have to be put around', async (t) => {
    t.same(linesOf([web], aService('web-db')), [])
    t.same(linesOf([web], aService('a-web')), [])
  })

  await t.test('is of its kind and group, in any version', async (t) => {
    t.same(linesOf([web, other], { ...other, apiVersion: 'serving.knative.dev/v2' }), [3])
    t.same(linesOf([other], web), [])
  })

  await t.test('is in its namespace where two have the name', async (t) => {
    t.same(linesOf([web, db, shop], shop), [9])
    t.same(linesOf([web, shop], aService('web', 1, 'y')), [1, 9])
  })

  await t.test('of a generator is found behind the hash', async (t) => {
    const aConfigMap = (name: string, line = 1) => ({ ...aService(name, line), kind: 'ConfigMap' })
    t.same(linesOf([aConfigMap('web', 2)], aConfigMap('a-web-x-2tt8bfgk5m'), ['a-']), [2])
    t.same(linesOf([web], aService('web-2tt8bfgk5m')), [])
  })

  await t.test('is looked for in a name that could be cut anywhere', async (t) => {
    const name = 'a'.repeat(253)
    t.same(linesOf([aService('b')], aService(name), ['a', 'aa', 'aaa']), [])
  })
})
