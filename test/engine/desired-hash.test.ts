import { test } from 'tap'
import { hashOf } from '../../src/engine/canonical-json.ts'
import { createDesiredHash } from '../../src/engine/desired-hash.ts'
import { aConfigMap } from '../support/objects.ts'

const secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'db', namespace: 'shop' },
  data: { password: 'aHVudGVyMg==' },
}

test('the hash of a desired object', async (t) => {
  const hash = createDesiredHash(Buffer.alloc(32, 1))
  const other = createDesiredHash(Buffer.alloc(32, 2))

  await t.test('of a Secret tells nothing to whoever has not the key', async (t) => {
    t.equal(hash(secret), hash({ ...secret }))
    t.not(hash(secret), hash({ ...secret, data: { password: 'b3RoZXI=' } }))
    t.not(hash(secret), other(secret))
    t.not(hash(secret), hashOf(secret))
  })

  await t.test('of anything tells nothing where secrets may be in any object', async (t) => {
    const object = aConfigMap()
    const keyed = createDesiredHash(Buffer.alloc(32, 1), true)
    const otherwise = createDesiredHash(Buffer.alloc(32, 2), true)
    t.equal(keyed(object), keyed({ ...object }))
    t.not(keyed(object), otherwise(object))
    t.not(keyed(object), hashOf(object))
  })

  await t.test('of anything else is the same on every machine', async (t) => {
    const object = aConfigMap()
    t.equal(hash(object), other(object))
    const custom = { ...secret, apiVersion: 'example.com/v1' }
    t.equal(hash(custom), other(custom))
  })
})
