import { test } from 'tap'
import type { AuditEvent } from '../support/audit-trail.ts'
import { controlPlane, testNamespace } from '../support/control-plane.ts'
import { configMapFiles } from '../support/manifests.ts'
import { testSite } from '../support/site.ts'
import { untilAllowed } from '../support/test-cluster.ts'

function writes(events: readonly AuditEvent[], namespace: string): readonly AuditEvent[] {
  const verbs = ['create', 'update', 'patch', 'delete', 'deletecollection']
  return events.filter(
    ({ verb, objectRef, userAgent }) =>
      verbs.includes(verb) &&
      objectRef?.namespace === namespace &&
      objectRef.resource === 'configmaps' &&
      userAgent?.startsWith('landfall') === true,
  )
}

test('an application with a serviceAccount', async (t) => {
  const plane = await controlPlane()
  const accounts = await testNamespace(t)
  const site = await testSite(t, { defaults: { serviceAccount: `${accounts}/deployer` } })
  await site.repository.commit(configMapFiles(3))
  const instance = await site.start()

  await t.test('E2: fails while that is missing, says so, and writes nothing', async (t) => {
    const audit = await plane.audit()
    const sha = await site.push(instance, configMapFiles(3, { a: '2' }))
    const status = await site.forge.status(
      (posted) => posted.sha === sha && posted.description.includes('ServiceAccount'),
    )

    t.match(
      status.description,
      `ServiceAccount ${accounts}/deployer of application ${site.name} does not exist; create it`,
    )
    t.strictSame(writes(await audit.events(), site.name), [])
  })

  await t.test('E2: makes each write on its objects as that account', async (t) => {
    await site.kubectl('create', 'serviceaccount', 'deployer', `--namespace=${accounts}`)
    const rights = ['--verb=*', '--resource=configmaps']
    await site.kubectl('create', 'role', 'deployer', ...rights)
    const bound = ['--role=deployer', `--serviceaccount=${accounts}:deployer`]
    await site.kubectl('create', 'rolebinding', 'deployer', ...bound)
    await untilAllowed(site.kubectl, { namespace: accounts, name: 'deployer' }, [
      'patch',
      'configmaps',
    ])
    const audit = await plane.audit()
    const sha = await site.push(instance, { ...configMapFiles(2, { a: '3' }), 'app/c2.yaml': null })
    const status = await site.final(sha)
    const events = writes(await audit.events(), site.name)

    t.match(status, { state: 'success', description: /^2 created/ })
    t.ok(events.length >= 4, 'dry-runs and writes')
    const users = new Set(events.map(({ impersonatedUser }) => impersonatedUser?.username))
    t.strictSame([...users], [`system:serviceaccount:${accounts}:deployer`])
  })
})
