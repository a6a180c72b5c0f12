import { test } from 'tap'
import { bareRef, describeRef, groupKind, refKey, refOf } from '../../src/domain/kube-object.ts'
import { aConfigMap, aDeployment, entryOf } from '../support/objects.ts'

const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }

test('naming an object', async (t) => {
  await t.test('the group and the version are the two halves of apiVersion', async (t) => {
    t.strictSame(refOf(aDeployment()), {
      group: 'apps',
      version: 'v1',
      kind: 'Deployment',
      namespace: 'shop',
      name: 'web',
    })
  })

  await t.test('an apiVersion without a slash is a version of the core group', async (t) => {
    t.match(refOf(aConfigMap()), { group: '', version: 'v1', kind: 'ConfigMap' })
  })

  await t.test("a cluster-scoped object's namespace is empty", async (t) => {
    t.equal(refOf(namespace).namespace, '')
  })

  await t.test('a bare reference is all that names an object, and no more', async (t) => {
    t.strictSame(bareRef(entryOf(aDeployment())), refOf(aDeployment()))
  })

  await t.test('two versions of one object have the same key', async (t) => {
    const beta = { ...aDeployment(), apiVersion: 'apps/v1beta1' }

    t.equal(refKey(refOf(beta)), refKey(refOf(aDeployment())))
  })

  await t.test('group, kind, namespace and name each make another key', async (t) => {
    const ref = refOf(aDeployment())
    const keys = [
      ref,
      { ...ref, group: 'extensions' },
      { ...ref, kind: 'StatefulSet' },
      { ...ref, namespace: 'bank' },
      { ...ref, name: 'api' },
    ].map(refKey)

    t.equal(new Set(keys).size, keys.length)
  })

  await t.test('a kind is written with its group, the core group without', async (t) => {
    t.equal(groupKind(refOf(aDeployment())), 'Deployment.apps')
    t.equal(groupKind(refOf(aConfigMap())), 'ConfigMap')
  })

  await t.test('people read a namespace where there is one', async (t) => {
    t.equal(describeRef(refOf(aDeployment())), 'Deployment shop/web')
    t.equal(describeRef(refOf(namespace)), 'Namespace shop')
  })
})
