import fc from 'fast-check'
import { test } from 'tap'
import type { ResourceMapping } from '../../src/cluster/cluster.ts'
import { collectionPath, objectPath, withQuery } from '../../src/cluster/object-path.ts'

const configMaps: ResourceMapping = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  resource: 'configmaps',
  namespaced: true,
}

const clusterRoles: ResourceMapping = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRole',
  resource: 'clusterroles',
  namespaced: false,
}

test('paths are those of the API', async (t) => {
  t.equal(objectPath(configMaps, 'shop', 'a'), '/api/v1/namespaces/shop/configmaps/a')
  t.equal(collectionPath(configMaps, ''), '/api/v1/configmaps')
  t.equal(
    objectPath(clusterRoles, 'ignored', 'system:view'),
    '/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Aview',
  )
})

test('a name cannot lead to another path', async (t) => {
  const hostile = ['..', '.', '', 'a/b', '../secrets/b', 'a%2fb', '%2e%2e']
  for (const name of hostile) {
    t.throws(() => objectPath(configMaps, 'shop', name), { code: 'OBJECT_INVALID' })
    if (name !== '') t.throws(() => objectPath(configMaps, name, 'a'), { code: 'OBJECT_INVALID' })
  }
})

test('every name that is let through is the last segment of its collection', async (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (name) => {
      let path: string
      try {
        path = objectPath(configMaps, 'shop', name)
      } catch {
        return true
      }
      const { pathname, search, hash } = new URL(path, 'https://cluster')
      return (
        pathname.startsWith('/api/v1/namespaces/shop/configmaps/') &&
        decodeURIComponent(pathname.split('/').at(-1) ?? '') === name &&
        pathname.split('/').length === 7 &&
        `${search}${hash}` === ''
      )
    }),
  )
  t.pass()
})

test('a namespaced object without namespace is refused', async (t) => {
  t.throws(() => objectPath(configMaps, '', 'a'), { code: 'OBJECT_INVALID' })
})

test('only what is set becomes a query', async (t) => {
  t.equal(withQuery('/a', { limit: undefined }), '/a')
  t.equal(
    withQuery('/a', { labelSelector: 'a in (b,c)', limit: '1' }),
    '/a?labelSelector=a+in+%28b%2Cc%29&limit=1',
  )
})
