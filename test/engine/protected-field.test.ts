import { test } from 'tap'
import { isProtectedField } from '../../src/engine/protected-field.ts'

const restartedAt = 'f:spec f:template f:metadata f:annotations f:kubectl.kubernetes.io/restartedAt'

test('a protected field', async (t) => {
  await t.test('is one whose removal hurts, with all below it', async (t) => {
    const paths = [
      'f:metadata f:finalizers',
      'f:metadata f:finalizers v:"x/y"',
      'f:metadata f:ownerReferences k:{"uid":"u1"}',
      'f:spec f:replicas',
      'f:spec f:clusterIP',
      'f:spec f:clusterIPs',
      'f:spec f:ports k:{"port":80,"protocol":"TCP"} f:nodePort',
      'f:spec f:healthCheckNodePort',
      'f:spec f:volumeName',
      'f:status',
      'f:status f:phase',
    ]
    for (const path of paths) t.ok(isProtectedField(path.split(' ')), path)
  })

  await t.test('is what kubectl rollout restart writes, and no other annotation', async (t) => {
    t.ok(isProtectedField(restartedAt.split(' ')))
    t.notOk(isProtectedField('f:metadata f:annotations f:x/restartedAt'.split(' ')))
    t.notOk(isProtectedField('f:spec f:template f:metadata f:annotations f:team'.split(' ')))
    t.notOk(isProtectedField([...restartedAt.split(' '), 'f:x']))
  })

  await t.test('is neither what leads to one nor its neighbour', async (t) => {
    const paths = [
      'f:metadata',
      'f:spec',
      'f:spec f:ports',
      'f:spec f:ports k:{"port":80}',
      'f:spec f:ports k:{"port":80} f:targetPort',
      'f:spec f:template f:spec f:replicas',
      'f:metadata f:labels f:finalizers',
    ]
    for (const path of paths) t.notOk(isProtectedField(path.split(' ')), path)
  })
})
