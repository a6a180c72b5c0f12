import fc from 'fast-check'
import { test } from 'tap'
import type { IgnoreRule } from '../../src/domain/application.ts'
import { refOf } from '../../src/domain/kube-object.ts'
import { ignoredPointers, isIgnored } from '../../src/engine/ignored-field.ts'
import { aDeployment } from '../support/objects.ts'

const web = refOf(aDeployment())

function aRule(overrides: Partial<IgnoreRule> = {}): IgnoreRule {
  return {
    kind: 'Deployment',
    group: undefined,
    namespace: undefined,
    name: '*',
    fields: ['/spec/replicas'],
    ...overrides,
  }
}

function matches(overrides: Partial<IgnoreRule>): boolean {
  return ignoredPointers([aRule(overrides)], web).length > 0
}

test('ignoring fields', async (t) => {
  await t.test('every matching rule adds its pointers', async (t) => {
    const rules = [aRule(), aRule({ kind: 'Service', fields: ['/x'] }), aRule({ fields: ['/y'] })]

    t.strictSame(ignoredPointers(rules, web), ['/spec/replicas', '/y'])
  })

  await t.test('kind, group and namespace match when they are the same or left out', async (t) => {
    t.ok(matches({}))
    t.ok(matches({ group: 'apps', namespace: 'shop' }))
    t.notOk(matches({ kind: 'deployment' }))
    t.notOk(matches({ group: '' }))
    t.notOk(matches({ namespace: 'bank' }))
  })

  await t.test('a name matches itself, and a star any characters', async (t) => {
    for (const name of ['web', '*', 'w*', '*b', 'w*b', '**', 'web*', '*e*', 'w*e*b']) {
      t.ok(matches({ name }), name)
    }
    for (const name of ['we', 'webs', 'b*', '*w', 'web*b', 'w*x*b', '*b*e*', '']) {
      t.notOk(matches({ name }), name)
    }
  })

  await t.test('a name with stars matches what the regular expression would', async (t) => {
    const pattern = fc.stringMatching(/^[ab*]{0,8}$/)
    const property = fc.property(pattern, fc.stringMatching(/^[ab]{0,8}$/), (pattern, name) => {
      const wanted = new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(name)
      const found = ignoredPointers([aRule({ name: pattern })], { ...web, name }).length > 0
      return found === wanted
    })

    t.doesNotThrow(() => fc.assert(property, { numRuns: 500 }))
  })

  await t.test('A10: a name is never a pattern but for its stars', async (t) => {
    for (const name of ['w.b', '.*', '(w+)+$', '[a-z]*']) t.notOk(matches({ name }), name)
  })

  await t.test('a field is ignored at and below a pointer of any rule', async (t) => {
    const ignored = ['/spec/replicas', '/metadata/labels']

    t.ok(isIgnored('/metadata/labels/team', ignored))
    t.ok(isIgnored('/spec/replicas', ignored))
    t.notOk(isIgnored('/spec', ignored))
    t.notOk(isIgnored('/spec/replicas', []))
  })
})
