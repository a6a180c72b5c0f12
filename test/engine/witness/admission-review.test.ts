import { test } from 'tap'
import {
  answerReview,
  parseReview,
  subjectOf,
} from '../../../src/engine/witness/admission-review.ts'
import { aRequest, aReview } from '../../support/admission-requests.ts'
import { aDeployment } from '../../support/objects.ts'

test('an AdmissionReview', async (t) => {
  await t.test('is read with what the API server leaves out', async (t) => {
    const { request } = aReview()
    const { subResource: _part, dryRun: _dry, options: _options, ...least } = request
    t.match(parseReview({ ...aReview(), request: least }), {
      subResource: '',
      dryRun: false,
      object: undefined,
      oldObject: undefined,
    })
  })

  await t.test('of another version or kind is none', async (t) => {
    for (const other of [
      undefined,
      null,
      [],
      'x',
      {},
      { ...aReview(), apiVersion: 'admission.k8s.io/v1beta1' },
      { ...aReview(), kind: 'Other' },
      { ...aReview(), request: { ...aReview().request, operation: 'OTHER' } },
      { ...aReview(), request: { ...aReview().request, object: 'text' } },
    ]) {
      t.equal(parseReview(other), undefined, JSON.stringify(other))
    }
  })
})

test('what a request is about', async (t) => {
  await t.test('of a deletion of all objects stands in the object', async (t) => {
    const request = { ...aRequest({ operation: 'DELETE', before: aDeployment() }), name: '' }
    t.match(subjectOf(request), { kind: 'Deployment', namespace: 'shop', name: 'web' })
  })

  await t.test('is a Namespace in no namespace', async (t) => {
    const kind = { group: '', version: 'v1', kind: 'Namespace' }
    const request = { ...aRequest(), kind, name: 'shop', namespace: 'shop' }
    t.match(subjectOf(request), { kind: 'Namespace', namespace: '', name: 'shop' })
  })
})

test('the answer says only what there is to say', async (t) => {
  const { response } = answerReview('u', { allowed: true, warnings: [], message: '' })
  t.strictSame(response, { uid: 'u', allowed: true })
})
