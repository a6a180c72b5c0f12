import { test } from 'tap'
import type { Desired } from '../../src/domain/change.ts'
import { type ErrorCode, StageError } from '../../src/domain/error.ts'
import { isDeferrable } from '../../src/engine/deferral.ts'
import { anOrdered, anOrderedDeployment } from '../support/ordered-objects.ts'

const crd = anOrdered({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  name: 'widgets',
  namespace: '',
  fields: { spec: { group: 'example.com', scope: 'Namespaced', names: { kind: 'Widget' } } },
})
const widget = anOrdered({ apiVersion: 'example.com/v1', kind: 'Widget', name: 'w' })
const pods = anOrderedDeployment(
  'web',
  {},
  { serviceAccountName: 'web', priorityClassName: 'high' },
)
const aClass = (kind: string, apiVersion: string, name: string) =>
  anOrdered({ apiVersion, kind, name, namespace: '' })
const rule = aClass('ValidatingAdmissionPolicy', 'admissionregistration.k8s.io/v1', 'p')

test('an object that the server refuses', async (t) => {
  const rows: readonly [ErrorCode, Desired, Desired, boolean][] = [
    ['OBJECT_INVALID', widget, crd, true],
    ['OBJECT_INVALID', pods, crd, false],
    ['ADMISSION_DENIED', pods, anOrdered({ kind: 'ServiceAccount', name: 'web' }), true],
    ['ADMISSION_DENIED', pods, anOrdered({ kind: 'ServiceAccount', name: 'other' }), false],
    ['ADMISSION_DENIED', pods, aClass('PriorityClass', 'scheduling.k8s.io/v1', 'high'), true],
    ['ADMISSION_DENIED', pods, aClass('PriorityClass', 'scheduling.k8s.io/v1', 'low'), false],
    ['ADMISSION_DENIED', pods, anOrdered({ kind: 'ResourceQuota', name: 'q' }), true],
    [
      'ADMISSION_DENIED',
      pods,
      anOrdered({ kind: 'ResourceQuota', name: 'q', namespace: 'b' }),
      false,
    ],
    ['ADMISSION_DENIED', pods, anOrdered({ kind: 'LimitRange', name: 'l' }), true],
    ['ADMISSION_DENIED', pods, aClass('Namespace', 'v1', 'shop'), true],
    ['ADMISSION_DENIED', pods, rule, true],
    ['ADMISSION_DENIED', pods, anOrdered({ name: 'settings' }), false],
    ['OBJECT_IMMUTABLE', widget, crd, false],
    ['OBJECT_INVALID', pods, rule, false],
  ]
  for (const [code, refused, coming, expected] of rows) {
    const { kind, name } = coming.ref
    const outcome = expected ? 'waits for' : 'does not wait for'
    await t.test(`${code}: ${refused.ref.kind} ${outcome} ${kind} ${name}`, async (t) => {
      t.equal(isDeferrable(new StageError(code, 'refused'), refused, [coming]), expected)
    })
  }
})
