import { test } from 'tap'
import { ourEntry, sealOf } from '../../src/engine/seal.ts'
import { aDeployment, fields, managed, ownedBy } from '../support/objects.ts'

const ours = ownedBy('landfall', fields('f:spec f:replicas', 'f:spec f:paused'))

test('the seal of a live object', async (t) => {
  await t.test('stays when others write and when time passes', async (t) => {
    const sealed = sealOf(managed(aDeployment(), [ours]))
    const later = managed(aDeployment({ spec: {} }), [
      ownedBy('kubectl-edit', fields('f:metadata f:labels f:team')),
      {
        ...ours,
        time: '2027-01-01T00:00:00Z',
        fieldsV1: fields('f:spec f:paused', 'f:spec f:replicas'),
      },
    ])

    t.equal(sealOf(later), sealed)
  })

  await t.test('breaks when somebody takes a field from us', async (t) => {
    const taken = { ...ours, fieldsV1: fields('f:spec f:paused') }

    t.not(sealOf(managed(aDeployment(), [taken])), sealOf(managed(aDeployment(), [ours])))
  })

  await t.test('is none where we own nothing', async (t) => {
    const { fieldsV1: _none, ...bare } = ours

    t.equal(sealOf(aDeployment()), undefined)
    t.equal(sealOf(managed(aDeployment(), [bare])), undefined)
    t.equal(sealOf(managed(aDeployment(), [{ ...ours, subresource: 'status' }])), undefined)
  })

  await t.test('is of the entry by which we applied', async (t) => {
    const updated = ownedBy('landfall', fields('f:metadata'), { operation: 'Update' })

    t.equal(ourEntry(managed(aDeployment(), [updated, ours])), ours)
  })
})
