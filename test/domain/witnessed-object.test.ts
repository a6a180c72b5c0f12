import { test } from 'tap'
import { isAbout } from '../../src/domain/witnessed-object.ts'
import { aWitnessRecord } from '../support/witness-records.ts'

const named = (kind: string, name = 'web', namespace?: string) =>
  isAbout(aWitnessRecord(), { kind, name, namespace })

test('an object is found as kubectl names it', async (t) => {
  for (const kind of ['Deployment', 'deployment', 'deployments', 'deploy', 'deployments.apps']) {
    t.equal(named(kind), true, kind)
  }
  t.equal(named('service'), false)
  t.equal(named('deploy', 'api'), false)
})

test('in its namespace, or in any', async (t) => {
  t.equal(named('deploy', 'web', 'shop'), true)
  t.equal(named('deploy', 'web', 'other'), false)
})

test('by the plural of its kind', async (t) => {
  const of = (kind: string, plural: string) =>
    isAbout(aWitnessRecord({ ref: { ...aWitnessRecord().ref, kind } }), {
      kind: plural,
      name: 'web',
      namespace: undefined,
    })
  t.equal(of('Ingress', 'ingresses'), true)
  t.equal(of('NetworkPolicy', 'networkpolicies'), true)
  t.equal(of('Gateway', 'gateways'), true)
})

test('a shell is found by its pod, and by what owns that', async (t) => {
  const pod = {
    namespace: 'shop',
    name: 'web-1',
    uid: 'u',
    container: undefined,
    image: undefined,
    command: undefined,
  }
  const of = (kind: string, name: string, namespace?: string) =>
    isAbout(aWitnessRecord({ pod }), { kind, name, namespace })
  t.equal(of('pod', 'web-1'), true)
  t.equal(of('pods', 'web-1', 'shop'), true)
  t.equal(of('po', 'web-1', 'other'), false)
  t.equal(of('deploy', 'web'), true)
})
