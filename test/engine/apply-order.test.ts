import fc from 'fast-check'
import { test } from 'tap'
import { inTiers, tierOf } from '../../src/engine/apply-order.ts'

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

const items = fc
  .array(fc.constantFrom(...kinds))
  .map((refs) => refs.map((ref, place) => ({ ref, place })))

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

  await t.test('tiers hold every item once and rise', async (t) => {
    const property = fc.property(items, (all) => {
      const tiers = inTiers(all)
      const ranks = tiers.map((tier) => new Set(tier.map(({ ref }) => tierOf(ref))))
      const places = tiers.flat().map(({ place }) => place)
      const firsts = ranks.map((set) => [...set][0] ?? Number.NaN)
      return (
        places.toSorted((a, b) => a - b).every((place, index) => place === index) &&
        places.length === all.length &&
        ranks.every((set) => set.size === 1) &&
        firsts.every((rank, index) => index === 0 || rank > (firsts[index - 1] ?? Number.NaN))
      )
    })

    t.doesNotThrow(() => fc.assert(property))
  })

  await t.test('inside a tier the given order stays', async (t) => {
    const property = fc.property(items, (all) =>
      inTiers(all).every((tier) =>
        tier.every(({ place }, index) => index === 0 || place > (tier[index - 1]?.place ?? place)),
      ),
    )

    t.doesNotThrow(() => fc.assert(property))
  })
})
