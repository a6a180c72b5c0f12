import { test } from 'tap'
import { tierOf } from '../../src/engine/apply-order.ts'

const kinds = [
  { group: '', kind: 'Namespace' },
  { group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition' },
  { group: 'rbac.authorization.k8s.io', kind: 'Role' },
  { group: '', kind: 'ConfigMap' },
  { group: '', kind: 'Service' },
  { group: 'apps', kind: 'Deployment' },
  { group: 'example.com', kind: 'Service' },
  { group: 'gateway.networking.k8s.io', kind: 'HTTPRoute' },
  { group: 'admissionregistration.k8s.io', kind: 'ValidatingWebhookConfiguration' },
] as const

test('the order of applying', async (t) => {
  await t.test('what others need comes before them', async (t) => {
    t.strictSame(kinds.map(tierOf), [0, 0, 1, 2, 3, 4, 5, 6, 7])
  })

  await t.test('a built-in kind nobody listed is applied before workloads', async (t) => {
    t.equal(tierOf({ group: 'coordination.k8s.io', kind: 'Lease' }), 3)
    t.equal(tierOf({ group: 'policy', kind: 'Anything' }), 3)
  })

  await t.test('a custom resource comes after its CRD, whatever its kind is called', async (t) => {
    t.equal(tierOf({ group: 'example.com', kind: 'Namespace' }), 5)
    t.ok(tierOf({ group: 'example.com', kind: 'Widget' }) > tierOf(kinds[1]))
  })
})
