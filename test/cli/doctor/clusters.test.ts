import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { parse, parseAllDocuments, stringify } from 'yaml'
import { clusterCheck } from '../../../src/cli/doctor/check-clusters.ts'
import type { Application } from '../../../src/domain/application.ts'
import { emptyInventory } from '../../../src/domain/inventory.ts'
import type { Role } from '../../../src/domain/role.ts'
import { aPatient } from '../../support/a-patient.ts'
import { anApplication } from '../../support/an-application.ts'
import { controlPlane } from '../../support/control-plane.ts'
import { readDocPage } from '../../support/doc-pages.ts'
import { copyDeploy } from '../../support/shipped-deploy.ts'
import { grantShippedRights } from '../../support/shipped-rights.ts'
import { testCluster, untilAllowed } from '../../support/test-cluster.ts'

interface RbacRole {
  readonly kind: 'Role' | 'ClusterRole'
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly rules: readonly object[]
}

/** The roles that docs/security.md tells operators to make. */
function documentedRoles(): RbacRole[] {
  const block = readDocPage('docs/security.md').blocks.find(({ text }) =>
    text.includes('ClusterRole'),
  )
  return parseAllDocuments(block?.text ?? '').map((document) => document.toJS() as RbacRole)
}

const deployed = [
  { group: '', kind: 'ConfigMap' },
  { group: '', kind: 'Service' },
  { group: 'apps', kind: 'Deployment' },
].map((kind) => ({
  ...kind,
  version: 'v1',
  name: 'web',
  namespace: 'default',
  uid: 'u1',
  hash: 'h',
  seal: 's',
  generation: 1,
  resourceVersion: '1',
}))

/** A Landfall with the documented rights, but for what `drop` takes from them. */
async function landfallWith(
  t: Test,
  drop: (role: RbacRole) => RbacRole | undefined = (role) => role,
) {
  const plane = await controlPlane()
  const { cluster, namespace } = await testCluster(t)
  const id = `doctor-${randomBytes(4).toString('hex')}`
  const apply = (object: object) => plane.kubectl(['apply', '-f', '-'], JSON.stringify(object))
  // The first write makes landfall-system, where one of the roles is.
  await cluster.inventory.write(id, { ...emptyInventory, entries: deployed })
  t.teardown(() => plane.kubectl(['delete', 'cm', `landfall-${id}`, '--namespace=landfall-system']))
  const inNamespace = [`--namespace=${namespace}`]
  await plane.kubectl(['create', 'serviceaccount', 'landfall', ...inNamespace])
  await plane.kubectl(['create', 'serviceaccount', 'deployer', ...inNamespace])
  for (const role of documentedRoles().map(drop)) {
    if (role === undefined) continue
    const place = role.metadata.namespace === 'task-agent' ? namespace : role.metadata.namespace
    const account = role.metadata.name
    const metadata = { name: id, ...(place !== undefined && { namespace: place }) }
    const binding = role.kind === 'Role' ? 'RoleBinding' : 'ClusterRoleBinding'
    await apply({ ...role, metadata })
    await apply({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: binding,
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: role.kind, name: id },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace }],
    })
    const flags = place === undefined ? [] : [`--namespace=${place}`]
    t.teardown(() =>
      plane.kubectl(['delete', role.kind, binding, id, ...flags, '--ignore-not-found']),
    )
  }
  const application = anApplication({
    name: id,
    namespace,
    allow: { namespaces: [namespace], clusterKinds: [], denyKinds: [] },
    serviceAccount: { namespace, name: 'deployer' },
  })
  const kubectl = (...args: readonly string[]) => plane.kubectl(args)
  await untilAllowed(kubectl, { namespace, name: 'landfall' }, ['list', 'pods'])
  return { namespace, application, kubeconfig: await kubeconfigOf(t, namespace) }
}

async function kubeconfigOf(t: Test, namespace: string): Promise<string> {
  const plane = await controlPlane()
  const token = await plane.kubectl(['create', 'token', 'landfall', `--namespace=${namespace}`])
  return kubeconfigWith(t, token.trim())
}

async function kubeconfigWith(t: Test, token: string): Promise<string> {
  const plane = await controlPlane()
  const config = parse(await readFile(plane.kubeconfig, 'utf8'))
  config.users[0].user = { token }
  const file = join(t.testdir(), 'kubeconfig')
  await writeFile(file, stringify(config))
  return file
}

async function look(file: string, application: Application, role?: Role) {
  const all = await clusterCheck.look(
    aPatient(
      {
        clusters: new Map([
          ['prod', { name: 'prod', kind: 'kubeconfig', file, context: undefined }],
        ]),
        applications: new Map([[application.name, application]]),
      },
      role,
    ),
  )
  // Other tests have applications of their own on the same cluster.
  const findings = all.filter(({ message }) => !/ is not configured, and has /.test(message))
  const wrong = findings.filter(({ level }) => level !== 'ok').map(({ message }) => message)
  return { findings, wrong }
}

test('the rights that docs/security.md lists', async (t) => {
  await t.test('are all that doctor asks for', async (t) => {
    const { kubeconfig, application, namespace } = await landfallWith(t)
    const { findings, wrong } = await look(kubeconfig, application)

    t.strictSame(wrong, [])
    t.match(
      findings.map(({ message }) => message),
      [
        /^Kubernetes v1\.\d+/,
        /^its clock agrees/,
        'Landfall has every right that is needed',
        'it deploys ConfigMap, Service, Deployment',
        'Landfall has every right that is needed',
        `ServiceAccount ${namespace}/deployer has every right that is needed`,
        'Landfall has every right that is needed to watch',
        'Landfall has every right that is needed to watch',
      ],
    )
  })

  await t.test('are each missed where they are not granted', async (t) => {
    const { kubeconfig, application, namespace } = await landfallWith(t, (role) => {
      const rules = role.rules.filter((rule) => !JSON.stringify(rule).includes('events.k8s.io'))
      return role.metadata.name === 'deployer' ? undefined : { ...role, rules }
    })
    const { wrong } = await look(kubeconfig, application)
    const account = `ServiceAccount ${namespace}/deployer may not`

    t.ok(wrong.includes(`Landfall may not patch events.events.k8s.io in namespace ${namespace}`))
    t.ok(wrong.includes(`${account} patch deployments.apps in namespace ${namespace}`))
    t.equal(wrong.length, 3 + 3 * 5)
  })

  await t.test('are missed where nobody may watch', async (t) => {
    const { kubeconfig, application } = await landfallWith(t, (role) => {
      const rules = role.rules.filter((rule) => !JSON.stringify(rule).includes('leases'))
      return { ...role, rules: JSON.parse(JSON.stringify(rules).replaceAll(',"watch"', '')) }
    })
    const { findings, wrong } = await look(kubeconfig, application, 'watcher')
    const place = 'in namespace landfall-system to watch'

    t.strictSame(wrong, [
      ...['get', 'create', 'update'].map(
        (verb) => `Landfall may not ${verb} leases.coordination.k8s.io ${place}`,
      ),
      `Landfall may not watch configmaps ${place}`,
    ])
    t.notOk(
      findings.some(({ level }) => level === 'problem'),
      'sweeps look for drift then',
    )
    const worker = await look(kubeconfig, application, 'worker')
    t.notMatch(worker.wrong.join(), 'leases', 'a worker does not lead')
  })
})

test('the rights that deploy/ grants', async (t) => {
  await t.test('are all that doctor asks for', async (t) => {
    const plane = await controlPlane()
    const { cluster, namespace } = await testCluster(t)
    const folder = await copyDeploy(t)
    const { token, watcherToken } = await grantShippedRights(t, plane, { folder, namespace })
    const id = `doctor-${randomBytes(4).toString('hex')}`
    await cluster.inventory.write(id, { ...emptyInventory, entries: deployed })
    const application = anApplication({
      name: id,
      namespace,
      allow: { namespaces: [namespace], clusterKinds: [], denyKinds: [] },
      serviceAccount: { namespace, name: 'deployer' },
    })
    const worker = { namespace: 'landfall-system', name: 'landfall-worker' }
    const where = `--namespace=${namespace}`
    await untilAllowed((...args) => plane.kubectl([...args, where]), worker, ['list', 'pods'])

    const watcher = { namespace: 'landfall-system', name: 'landfall-watcher' }
    await untilAllowed((...args) => plane.kubectl([...args, where]), watcher, ['list', 'services'])

    const asWorker = await look(await kubeconfigWith(t, token), application, 'worker')
    const asWatcher = await look(await kubeconfigWith(t, watcherToken), application, 'watcher')

    t.strictSame(asWorker.wrong, [])
    t.strictSame(asWatcher.wrong, [])
  })
})

test('a cluster', async (t) => {
  const { kubeconfig } = await controlPlane()

  await t.test('tells of an account that does not exist', async (t) => {
    const serviceAccount = { namespace: 'default', name: 'nobody' }
    const { wrong } = await look(kubeconfig, anApplication({ serviceAccount }))

    t.match(wrong, [/^ServiceAccount default\/nobody .* does not exist/])
  })

  await t.test('tells of a namespace that does not exist', async (t) => {
    const { wrong } = await look(kubeconfig, anApplication({ namespace: 'nowhere' }))

    t.strictSame(wrong, ['namespace nowhere does not exist'])
  })

  await t.test('that does not answer is a problem', async (t) => {
    const config = parse(await readFile(kubeconfig, 'utf8'))
    config.clusters[0].cluster.server = 'https://127.0.0.1:1'
    const file = join(t.testdir({ kubeconfig: stringify(config) }), 'kubeconfig')
    const { wrong } = await look(file, anApplication())

    t.match(wrong, [/127\.0\.0\.1:1|prod/])
    t.equal(wrong.length, 1)
  })
})
