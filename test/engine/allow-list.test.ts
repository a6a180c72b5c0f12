import { test } from 'tap'
import type { Allow } from '../../src/domain/application.ts'
import { StageError } from '../../src/domain/error.ts'
import type { KubeObject } from '../../src/domain/kube-object.ts'
import { checkAllowed } from '../../src/engine/allow-list.ts'
import { anApplication } from '../support/an-application.ts'
import { aConfigMap, aDeployment, desiredOf } from '../support/objects.ts'

const clusterRole: KubeObject = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'reader' },
}

function check(objects: readonly KubeObject[], allow: Partial<Allow> = {}): StageError | undefined {
  const application = anApplication({
    allow: { namespaces: ['shop'], clusterKinds: [], denyKinds: [], ...allow },
  })
  const desired = objects.map((object, index) => desiredOf(object, 'app.yaml', index + 1))
  try {
    checkAllowed(application, desired, 'landfall-system')
    return undefined
  } catch (error) {
    if (error instanceof StageError) return error
    throw error
  }
}

function inNamespace(namespace: string): KubeObject {
  return { ...aConfigMap(), metadata: { name: 'settings', namespace } }
}

test('what an application may contain', async (t) => {
  await t.test('E1: objects of its namespaces are allowed, others are not', async (t) => {
    t.equal(check([aConfigMap(), aDeployment()]), undefined)
    t.match(check([inNamespace('bank')]), {
      code: 'PLAN_NOT_ALLOWED',
      text: 'ConfigMap bank/settings: namespace bank is not allowed; add it: applications.task-agent.allow.namespaces: [bank]',
    })
  })

  await t.test('a star allows every namespace', async (t) => {
    t.equal(check([inNamespace('bank')], { namespaces: ['*'] }), undefined)
  })

  await t.test('a cluster-scoped kind is allowed by name or by a star', async (t) => {
    const kind = 'ClusterRole.rbac.authorization.k8s.io'

    t.match(check([clusterRole], { namespaces: ['*'] })?.text, `allow.clusterKinds: [${kind}]`)
    t.match(check([clusterRole], { clusterKinds: ['ClusterRole'] }), { code: 'PLAN_NOT_ALLOWED' })
    t.equal(check([clusterRole], { clusterKinds: [kind] }), undefined)
    t.equal(check([clusterRole], { clusterKinds: ['*'] }), undefined)
  })

  await t.test('E1: a denied kind is refused though everything is allowed', async (t) => {
    const error = check([aConfigMap()], { namespaces: ['*'], denyKinds: ['ConfigMap'] })

    t.match(error?.text, 'kind ConfigMap is denied')
  })

  await t.test("E1: Landfall's own namespace is closed though everything is allowed", async (t) => {
    const everything = { namespaces: ['*'], clusterKinds: ['*'] }
    const own = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'landfall-system' } }

    t.match(check([inNamespace('landfall-system')], everything)?.text, "is Landfall's own")
    t.match(check([own], everything)?.text, "is Landfall's own")
  })

  await t.test('E1: all that is refused is told at once, each with its place', async (t) => {
    const error = check([inNamespace('a'), aConfigMap(), inNamespace('b'), clusterRole])

    t.match(error?.text, / \(and 2 more\)$/)
    t.match(error?.subjects, [
      { object: 'ConfigMap a/settings', file: 'app.yaml', line: 1 },
      { object: 'ConfigMap b/settings', file: 'app.yaml', line: 3 },
      { object: 'ClusterRole reader', file: 'app.yaml', line: 4 },
    ])
    t.equal(error?.subjects.length, 3)
  })
})
