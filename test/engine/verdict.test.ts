import { test } from 'tap'
import { baselineOf, extraFieldsOf, hashExtras, judge } from '../../src/engine/verdict.ts'
import { aConfigMap, aDeployment, fields, managed, ownedBy } from '../support/objects.ts'

const ours = ownedBy('landfall', fields('f:spec f:replicas'))
const live = managed(aDeployment(), [ours])
const baseline = baselineOf(live)

test('judging a live object from its metadata', async (t) => {
  await t.test('an untouched object is clean', async (t) => {
    t.strictSame(judge(live, baseline, []), { kind: 'clean' })
  })

  await t.test('a status write moves the resourceVersion and is clean', async (t) => {
    const moved = managed(
      aDeployment({ metadata: { ...aDeployment().metadata, resourceVersion: '99' } }),
      [ours],
    )

    t.strictSame(judge(moved, baseline, []), { kind: 'clean' })
  })

  await t.test('an object that is gone is missing, one that is going is terminating', async (t) => {
    const going = aDeployment({
      metadata: { ...live.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' },
    })

    t.equal(judge(undefined, baseline, []).kind, 'missing')
    t.equal(judge(going, baseline, []).kind, 'terminating')
  })

  await t.test('an object without an entry of ours is unowned', async (t) => {
    t.equal(judge(managed(aDeployment(), []), baseline, []).kind, 'unowned')
  })

  await t.test('a changed entry of ours means a declared field was lost', async (t) => {
    const scaled = managed(aDeployment(), [
      ownedBy('landfall', fields('f:spec f:selector')),
      ownedBy('kubectl', fields('f:spec f:replicas'), { subresource: 'scale' }),
    ])

    t.equal(judge(scaled, baseline, []).kind, 'lost')
  })

  await t.test('a field added by a person is extra, unless a rule ignores it', async (t) => {
    const labelled = managed(
      aDeployment({ metadata: { ...live.metadata, labels: { team: 'blue' } } }),
      [ours, ownedBy('kubectl-label', fields('f:metadata f:labels f:team'))],
    )

    t.equal(judge(labelled, baseline, []).kind, 'extra')
    t.equal(judge(labelled, baseline, ['/metadata/labels/team']).kind, 'clean')
    t.equal(judge(labelled, baseline, ['/metadata/labels']).kind, 'clean')
  })

  await t.test(
    'a moved generation, or a moved version of a kind without one, is suspect',
    async (t) => {
      const generation = managed(
        aDeployment({ metadata: { ...aDeployment().metadata, generation: 2 } }),
        [ours],
      )
      const settings = managed(aConfigMap(), [ownedBy('landfall', fields('f:data f:a'))])
      const moved = managed(
        { ...settings, metadata: { ...settings.metadata, resourceVersion: '11' } },
        settings.metadata.managedFields ?? [],
      )

      t.equal(judge(generation, baseline, []).kind, 'suspect')
      t.equal(judge(moved, baselineOf(settings), []).kind, 'suspect')
    },
  )

  await t.test('an object made anew with the same fields is suspect', async (t) => {
    const twin = managed(aDeployment({ metadata: { ...aDeployment().metadata, uid: 'u2' } }), [
      ours,
    ])

    t.equal(judge(twin, baseline, []).kind, 'suspect')
  })

  await t.test('an extra whose removal changed nothing is clean until another comes', async (t) => {
    const labelled = (labels: Record<string, string>) =>
      managed(aDeployment({ metadata: { ...live.metadata, labels } }), [
        ours,
        ownedBy('kubectl-label', fields('f:metadata f:labels f:team')),
      ])
    const blue = labelled({ team: 'blue' })
    const known = { ...baseline, futileExtras: hashExtras(extraFieldsOf(blue, [], [])) }

    t.equal(judge(blue, known, []).kind, 'clean')
    t.equal(judge(labelled({ team: 'red' }), known, []).kind, 'extra')
  })

  await t.test('the baseline of an object the server told nothing of is empty', async (t) => {
    t.strictSame(baselineOf(aConfigMap()), {
      uid: '',
      seal: '',
      generation: 0,
      resourceVersion: '',
    })
  })
})
