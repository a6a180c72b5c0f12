import { test } from 'tap'
import type { KubeObject } from '../../src/domain/kube-object.ts'
import {
  payloadFor,
  successorOf,
  toleratedPointers,
  yieldsReplicas,
} from '../../src/engine/payload.ts'
import { aConfigMap, aDeployment, fields, managed, ownedBy } from '../support/objects.ts'

const desired = aDeployment()
const scaled = fields('f:spec f:replicas')
const byAutoscaler = ownedBy('kube-controller-manager', scaled, { subresource: 'scale' })
const autoscaled = managed(aDeployment({ spec: { replicas: 9 } }), [byAutoscaler])

const payloadOf = (object: KubeObject, ...rest: [KubeObject | undefined, readonly string[]]) =>
  payloadFor({ object }, ...rest)
const successor = (object: KubeObject, ...rest: [KubeObject, readonly string[]]) =>
  successorOf({ object }, ...rest)

test('what is sent of a desired object', async (t) => {
  await t.test('is the whole of it when there is no live one, or nothing is ignored', async (t) => {
    t.equal(payloadOf(desired, undefined, ['/spec/replicas']), desired)
    t.equal(payloadOf(desired, aDeployment({ spec: { replicas: 9 } }), []), desired)
  })

  await t.test('lacks the replicas that an autoscaler moved', async (t) => {
    const { spec } = payloadOf(desired, autoscaled, [])

    t.strictSame(Object.keys(spec as object), ['template'])
  })

  await t.test('has the live value of an ignored field', async (t) => {
    const live = aDeployment({ spec: { replicas: 9 } })

    t.match(payloadOf(desired, live, ['/spec/replicas']), { spec: { replicas: 9 } })
  })

  await t.test('has the live value inside a list too', async (t) => {
    const image = '/spec/template/spec/containers/0/image'
    const containers = [{ name: 'app', image: 'web:9' }]
    const live = aDeployment({ spec: { template: { spec: { containers } } } })

    const payload = payloadOf(desired, live, [image])

    t.match(payload, { spec: { template: { spec: { containers: [{ image: 'web:9' }] } } } })
    t.match(payload, { spec: { replicas: 3 } })
  })

  await t.test('lacks an ignored field that the live object lacks', async (t) => {
    const live = aConfigMap('settings', { b: '2' })

    t.strictSame(payloadOf(aConfigMap('settings', { a: '1', b: '1' }), live, ['/data/a'])['data'], {
      b: '1',
    })
  })

  await t.test(
    'lacks an ignored list item that the live object lacks, and has no hole',
    async (t) => {
      const args = (list: readonly string[]) => aDeployment({ spec: { args: list } })

      t.strictSame(payloadOf(args(['a', 'b']), args(['c']), ['/spec/args/1'])['spec'], {
        args: ['a'],
      })
    },
  )

  await t.test('gains nothing: a field Git does not declare is not sent', async (t) => {
    const live = aConfigMap('settings', { a: '1', added: 'x' })
    const ignored = ['/data/added', '/spec/replicas', '/data/a/b', '/constructor']

    t.strictSame(payloadOf(aConfigMap(), live, ignored), aConfigMap())
  })

  await t.test('is the live value of every field that a star stands for', async (t) => {
    const live = aConfigMap('settings', { a: '2', b: '3', other: 'x' })
    const wanted = aConfigMap('settings', { a: '1', b: '1' })

    t.strictSame(payloadOf(wanted, live, ['/data/*'])['data'], { a: '2', b: '3' })
  })

  await t.test('leaves the desired object as it is', async (t) => {
    payloadOf(desired, autoscaled, ['/spec/template/spec/containers/0/image'])

    t.strictSame(desired, aDeployment())
  })
})

test('replicas are an autoscaler’s when a controller wrote them through scale', async (t) => {
  const with_ = (...entries: Parameters<typeof managed>[1]) => managed(aDeployment(), entries)
  const { fieldsV1: _none, ...bare } = byAutoscaler

  t.ok(yieldsReplicas(autoscaled))
  t.notOk(yieldsReplicas(aDeployment()))
  t.notOk(yieldsReplicas(with_(bare)))
  t.notOk(yieldsReplicas(with_(ownedBy('kubectl', scaled, { subresource: 'scale' }))))
  t.notOk(yieldsReplicas(with_(ownedBy('kube-controller-manager', scaled))))
  t.notOk(yieldsReplicas(with_({ ...byAutoscaler, fieldsV1: fields('f:spec') })))
})

test('tolerated are the ignored fields, and replicas where an autoscaler moves them', async (t) => {
  t.strictSame(toleratedPointers(aDeployment(), ['/a']), ['/a'])
  t.strictSame(toleratedPointers(autoscaled, ['/a']), ['/a', '/spec/replicas'])
})

test('what takes the place of an object that was deleted', async (t) => {
  await t.test('has the replicas that an autoscaler had set', async (t) => {
    t.match(successor(desired, autoscaled, []), { spec: { replicas: 9, template: {} } })
  })

  await t.test('has what an ignored field was, and else what Git says', async (t) => {
    const before = aConfigMap('settings', { a: '2', b: '2' })
    const next = successor(aConfigMap('settings', { a: '1', b: '1' }), before, ['/data/a'])

    t.strictSame(next['data'], { a: '2', b: '1' })
  })
})
