import fc from 'fast-check'
import { test } from 'tap'
import type { ManagerRule } from '../../src/domain/application.ts'
import { adoptionPatch } from '../../src/engine/adoption.ts'
import { classEntries } from '../../src/engine/classed-entries.ts'
import { findExtraFields } from '../../src/engine/extra-fields.ts'
import { unionFields } from '../../src/engine/fields-v1.ts'
import { refuseForeign } from '../../src/engine/foreign-owner.ts'
import { aRefusingTarget } from '../support/a-target.ts'
import { anApplication } from '../support/an-application.ts'
import { aDeployment, fields, managed, ownedBy } from '../support/objects.ts'

const env = 'f:spec f:template f:spec f:containers k:{"name":"app"} f:env'
const label = 'f:metadata f:labels f:team'
const variable = [`${env} k:{"name":"B"} .`, `${env} k:{"name":"B"} f:name`]
const addedB = fields(...variable)
const byBot = ownedBy('team-bot', fields(label, ...variable))
const ours = ownedBy('landfall', fields('f:spec f:selector', `${env} k:{"name":"A"} .`))
const containers = [{ name: 'app', env: [{ name: 'A' }, { name: 'B' }] }]
const base = aDeployment()
const live = managed(
  {
    ...base,
    metadata: { ...base.metadata, labels: { team: 'blue' } },
    spec: { template: { spec: { containers } } },
  },
  [ours, byBot],
)

const rule = (match: string, owner: ManagerRule['class'], ...paths: string[]): ManagerRule => ({
  match,
  class: owner,
  paths,
})
const classes = (...rules: ManagerRule[]) =>
  classEntries(live, rules).map(({ class: owner, entry }) => [owner, entry.fieldsV1])
const extras = (...rules: ManagerRule[]) =>
  findExtraFields(live, undefined, rules).map(({ pointer }) => pointer)

test('field managers by the rules of the application', async (t) => {
  await t.test('are what their names say where no rule matches', async (t) => {
    t.strictSame(classes(rule('other-*', 'human')), [
      ['ours', ours.fieldsV1],
      ['controller', byBot.fieldsV1],
    ])
    t.strictSame(extras(), [])
  })

  await t.test('are people where a rule says so: what they added is extra', async (t) => {
    t.strictSame(extras(rule('team-*', 'human')), [
      '/metadata/labels/team',
      '/spec/template/spec/containers/0/env/1',
    ])
  })

  await t.test('may be people for some fields alone', async (t) => {
    t.strictSame(classes(rule('team-bot', 'human', '/spec/template')), [
      ['ours', ours.fieldsV1],
      ['human', addedB],
      ['controller', fields(label)],
    ])
    t.strictSame(extras(rule('team-bot', 'human', '/spec/template')), [
      '/spec/template/spec/containers/0/env/1',
    ])
  })

  await t.test('follow the first rule that matches', async (t) => {
    const both = [rule('team-bot', 'controller', '/metadata'), rule('*', 'human')]

    t.strictSame(extras(...both), ['/spec/template/spec/containers/0/env/1'])
    t.strictSame(extras(...both.toReversed()), [
      '/metadata/labels/team',
      '/spec/template/spec/containers/0/env/1',
    ])
  })

  await t.test('never include Landfall, whatever a rule says', async (t) => {
    t.strictSame(classes(rule('*', 'human'))[0], ['ours', ours.fieldsV1])
  })

  await t.test('make people controllers too: kubectl may be left alone', async (t) => {
    const byHand = managed(live, [ours, { ...byBot, manager: 'kubectl-edit' }])

    t.equal(findExtraFields(byHand).length, 2)
    t.equal(findExtraFields(byHand, undefined, [rule('kubectl*', 'controller')]).length, 0)
  })

  await t.test(
    'name deployers, whose objects are refused, and release those of others',
    async (t) => {
      const { target: bare } = aRefusingTarget(new AbortController().signal)
      const target = (...managers: ManagerRule[]) => ({
        ...bare,
        application: anApplication({ managers }),
      })
      const foreign = managed(live, [byBot])
      const helms = managed(live, [{ ...byBot, manager: 'helm' }])

      await t.resolves(refuseForeign(target(), foreign))
      await t.rejects(refuseForeign(target(rule('team-bot', 'deployer')), foreign), {
        code: 'PLAN_OWNED_BY_OTHER',
        message: /is managed by team-bot/,
      })
      await t.rejects(refuseForeign(target(), helms), { code: 'PLAN_OWNED_BY_OTHER' })
      await t.resolves(refuseForeign(target(rule('helm', 'human')), helms))
    },
  )

  await t.test('decide what is taken over; an entry in parts stays one entry', async (t) => {
    const foreign = managed(live, [byBot])
    const [owners] = adoptionPatch(foreign, [rule('team-bot', 'human', '/spec/template')]) ?? []

    t.match(owners?.value, [
      { manager: 'team-bot', fieldsV1: fields(label) },
      { manager: 'landfall', operation: 'Apply' },
    ])
    t.equal(Array.isArray(owners?.value) && owners.value.length, 2)
    t.equal(adoptionPatch(foreign, []), undefined)
  })
})

test('the parts of an entry', async (t) => {
  const paths = fc.subarray([
    '/spec',
    '/spec/template',
    '/metadata/labels',
    '/metadata/labels/team',
    '/spec/template/spec/containers/*/env',
    '/spec/template/spec/containers/0/env/1',
    '/status',
  ])
  const rules = fc.array(
    fc.record({
      match: fc.constantFrom('*', 'team-*', 'team-bot', 'other'),
      class: fc.constantFrom('human' as const, 'controller' as const, 'deployer' as const),
      paths,
    }),
    { maxLength: 4 },
  )

  await t.test('have together all that it owns, and nothing twice', async (t) => {
    t.doesNotThrow(() =>
      fc.assert(
        fc.property(rules, (given) => {
          const parts = classEntries(live, given).filter(({ whole }) => whole === byBot)
          const sets = parts.flatMap(({ entry }) => entry.fieldsV1 ?? [])
          const leaves = sets.map((set) => countLeaves(set)).reduce((sum, count) => sum + count, 0)
          t.strictSame(sortKeys(unionFields(sets)), sortKeys(byBot.fieldsV1 ?? {}))
          return leaves === countLeaves(byBot.fieldsV1 ?? {})
        }),
        { numRuns: 200 },
      ),
    )
  })
})

function countLeaves(node: object): number {
  const children = Object.values(node) as object[]
  return children.length === 0
    ? 1
    : children.map(countLeaves).reduce((sum, count) => sum + count, 0)
}

function sortKeys(node: object): unknown {
  return Object.fromEntries(
    Object.entries(node)
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([key, child]) => [key, sortKeys(child as object)]),
  )
}
