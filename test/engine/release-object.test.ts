import { test } from 'tap'
import { releasePatch } from '../../src/engine/release-object.ts'
import { aDeployment, fields, managed, ownedBy } from '../support/objects.ts'

const ours = ownedBy('landfall', fields('f:spec f:replicas'))
const theirs = ownedBy('kube-controller-manager', fields('f:status'))

test('letting go of an object', async (t) => {
  await t.test('takes off our label and our entries, at the version that was read', async (t) => {
    const update = ownedBy('landfall', fields('f:spec'), { operation: 'Update' })

    t.strictSame(releasePatch(managed(aDeployment(), [ours, theirs, update])), [
      { op: 'replace', path: '/metadata/resourceVersion', value: '10' },
      { op: 'remove', path: '/metadata/labels/applyset.kubernetes.io~1part-of' },
      { op: 'replace', path: '/metadata/managedFields', value: [theirs] },
    ])
  })

  await t.test('leaves one empty entry where nobody else owns anything', async (t) => {
    t.strictSame(releasePatch(managed(aDeployment(), [ours])).at(-1)?.value, [{}])
  })
})
