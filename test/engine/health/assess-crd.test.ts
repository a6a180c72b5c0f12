import { test } from 'tap'
import { condition, live, testHealth } from '../../support/health-cases.ts'

const crd = (conditions: readonly object[]) =>
  live('apiextensions.k8s.io/v1', 'CustomResourceDefinition', {
    metadata: { namespace: undefined },
    status: { conditions: [...conditions] },
  })

test('health of a CustomResourceDefinition', async (t) => {
  await testHealth(t, [
    { title: 'one without conditions is progressing', object: crd([]), health: 'Progressing' },
    {
      title: 'an established one is healthy',
      object: crd([condition('NamesAccepted', 'True'), condition('Established', 'True')]),
      health: 'Healthy',
    },
    {
      title: 'one that is being installed is progressing',
      object: crd([condition('Established', 'False', { reason: 'Installing' })]),
      health: 'Progressing',
    },
    {
      title: 'one that is not established for another reason is a failure',
      object: crd([condition('Established', 'False', { reason: 'NotAccepted' })]),
      health: 'Degraded',
      message: /^Established is False: NotAccepted$/,
    },
    {
      title: 'names that are taken are a failure',
      object: crd([
        condition('NamesAccepted', 'False', {
          reason: 'ListKindConflict',
          message: '"WidgetList" is already in use',
        }),
      ]),
      health: 'Degraded',
      message: /already in use$/,
    },
    {
      title: 'a schema without structure is a failure',
      object: crd([condition('Established', 'True'), condition('NonStructuralSchema', 'True')]),
      health: 'Degraded',
    },
  ])
})
