import { test } from 'tap'
import { controlPlane } from '../support/control-plane.ts'
import { configMapFiles, configMapYaml } from '../support/manifests.ts'
import { type SyncBench, syncBench } from '../support/sync-bench.ts'

const all = { namespaces: ['*'], clusterKinds: ['*'], denyKinds: [] }

function yaml(object: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify(object)}\n`
}

function podYaml(
  name: string,
  spec: Readonly<Record<string, unknown>> = {},
  annotations: Readonly<Record<string, string>> = {},
): string {
  const containers = [{ name: 'web', image: 'registry.example/web:1' }]
  return yaml({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, annotations },
    spec: { containers, ...spec },
  })
}

function accountYaml(name: string, annotations: Readonly<Record<string, string>> = {}): string {
  return yaml({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, annotations } })
}

function quotaYaml(hard: Readonly<Record<string, string>>): string {
  return yaml({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard } })
}

async function deleteLater(
  t: { teardown(end: () => unknown): unknown },
  ...objects: readonly string[]
): Promise<void> {
  const plane = await controlPlane()
  t.teardown(() => plane.kubectl(['delete', ...objects, '--ignore-not-found', '--wait=false']))
}

function namesOf(bench: SyncBench, kind: string): Promise<string> {
  return bench.kubectl('get', kind, '-o', 'jsonpath={.items[*].metadata.name}')
}

test('what the same commit has admitted', async (t) => {
  await t.test('a pod with its ServiceAccount', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit({
      'app/a.yaml': podYaml('web', { serviceAccountName: 'runner' }),
      'app/b.yaml': accountYaml('runner'),
    })

    const { record } = await bench.sync('push')

    t.equal(record.phase, 'Succeeded', record.message)
    t.equal(await namesOf(bench, 'pods'), 'web')
  })

  await t.test('a pod in a new namespace, whose account a controller makes', async (t) => {
    const bench = await syncBench(t, { allow: all })
    const other = `${bench.namespace}-b`
    await deleteLater(t, `ns/${other}`)
    await bench.repository.commit({
      'app/a.yaml': podYaml('web').replace('"name":"web",', `"name":"web","namespace":"${other}",`),
      'app/b.yaml': yaml({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: other } }),
    })

    const { record } = await bench.sync('push')

    t.equal(record.phase, 'Succeeded', record.message)
  })

  await t.test('a pod with its PriorityClass', async (t) => {
    const bench = await syncBench(t, { allow: all })
    const name = `high-${bench.namespace}`
    await deleteLater(t, `priorityclass/${name}`)
    await bench.repository.commit({
      'app/a.yaml': podYaml('web', { priorityClassName: name }),
      'app/b.yaml': yaml({
        apiVersion: 'scheduling.k8s.io/v1',
        kind: 'PriorityClass',
        metadata: { name },
        value: 10,
      }),
    })

    const { record } = await bench.sync('push')

    t.equal(record.phase, 'Succeeded', record.message)
  })

  await t.test('what a raised quota has room for', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit({ 'app/q.yaml': quotaYaml({ 'count/configmaps': '1' }) })
    t.equal((await bench.sync('push')).record.phase, 'Succeeded')
    await bench.kubectl('wait', '--for=jsonpath={.status.used.count/configmaps}=1', 'quota/q')
    await bench.repository.commit({
      ...configMapFiles(3),
      'app/q.yaml': quotaYaml({ 'count/configmaps': '10' }),
    })

    const { record } = await bench.sync('push')

    t.equal(record.phase, 'Succeeded', record.message)
    t.equal(record.counts.created, 3)
  })

  await t.test('what a policy forbade so far, behind the policy', async (t) => {
    const bench = await syncBench(t, { allow: all })
    const name = bench.namespace
    await deleteLater(
      t,
      `validatingadmissionpolicy/${name}`,
      `validatingadmissionpolicybinding/${name}`,
    )
    const group = 'admissionregistration.k8s.io/v1'
    const policy = (most: number) =>
      yaml({
        apiVersion: group,
        kind: 'ValidatingAdmissionPolicy',
        metadata: { name },
        spec: {
          matchConstraints: {
            resourceRules: [
              {
                apiGroups: [''],
                apiVersions: ['v1'],
                operations: ['CREATE'],
                resources: ['configmaps'],
              },
            ],
          },
          validations: [{ expression: `size(object.data) <= ${most}` }],
        },
      })
    const binding = yaml({
      apiVersion: group,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name },
      spec: {
        policyName: name,
        validationActions: ['Deny'],
        matchResources: {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
        },
      },
    })
    await bench.repository.commit({ 'app/p.yaml': policy(0), 'app/b.yaml': binding })
    t.equal((await bench.sync('push')).record.phase, 'Succeeded')
    // The API server follows its policies by a watch: until it refuses, it has not seen this one.
    const probe = ['create', 'cm', 'probe', '--from-literal=a=1', '--dry-run=server']
    const isRefused = () =>
      bench.kubectl(...probe).then(
        () => false,
        () => true,
      )
    while (!(await isRefused()));
    await bench.repository.commit({ 'app/c.yaml': configMapYaml('c'), 'app/p.yaml': policy(1) })

    const { record } = await bench.sync('push')

    t.equal(record.phase, 'Succeeded', record.message)
  })

  await t.test('a hook with the account that a hook before it brings', async (t) => {
    const bench = await syncBench(t)
    const hook = (wave: string) => ({
      'argocd.argoproj.io/hook': 'PreSync',
      'argocd.argoproj.io/sync-wave': wave,
    })
    const podHook = podYaml('migrate', { serviceAccountName: 'migrator' }, hook('1'))
    await bench.repository.commit({
      'app/a.yaml': configMapYaml('a'),
      'app/hook.yaml': podHook,
      'app/account.yaml': accountYaml('migrator', hook('-1')),
    })

    const syncing = bench.sync('push')
    await bench.kubectl('wait', '--for=create', 'pod/migrate', '--timeout=20s')
    const status = JSON.stringify({ status: { phase: 'Succeeded' } })
    await bench.kubectl(
      'patch',
      'pod/migrate',
      '--subresource=status',
      '--type=merge',
      '-p',
      status,
    )
    const { record } = await syncing

    t.equal(record.phase, 'Succeeded', record.message)
  })

  await t.test('nothing else is: what no object of the commit causes is refused', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit({
      'app/a.yaml': podYaml('web', { serviceAccountName: 'nobody' }),
      'app/b.yaml': accountYaml('runner'),
    })

    const { record } = await bench.sync('push')

    t.equal(record.failure?.code, 'PLAN_REJECTED', record.message)
    t.match(record.message, /error looking up service account .*nobody/)
    t.equal(await namesOf(bench, 'sa'), 'default')
  })

  await t.test('nor is a hook before the rollout whose account comes with it', async (t) => {
    const bench = await syncBench(t)
    const preSync = { 'landfall.dev/hook': 'pre-sync' }
    await bench.repository.commit({
      'app/hook.yaml': podYaml('migrate', { serviceAccountName: 'runner' }, preSync),
      'app/b.yaml': accountYaml('runner'),
    })

    const { record } = await bench.sync('push')

    t.equal(record.failure?.code, 'PLAN_REJECTED', record.message)
    t.match(record.message, /^dry-run: pods migrate: error looking up service account/)
    t.equal(await namesOf(bench, 'sa'), 'default')
  })
})
