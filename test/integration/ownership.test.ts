import { test } from 'tap'
import { controlPlane } from '../support/control-plane.ts'
import { exampleFiles } from '../support/example-files.ts'
import { configMapFiles, configMapYaml, widgetCrd } from '../support/manifests.ts'
import { syncBench } from '../support/sync-bench.ts'
import { untilAllowed } from '../support/test-cluster.ts'

const partOf = 'applyset.kubernetes.io/part-of'
const labelOf = `jsonpath={.metadata.labels.applyset\\.kubernetes\\.io/part-of}`

test('an object in two applications', async (t) => {
  const one = await syncBench(t)
  await one.repository.commit(configMapFiles(1))
  await one.sync('push')
  const two = await syncBench(t, {
    namespace: one.namespace,
    allow: { namespaces: [one.namespace], clusterKinds: [], denyKinds: [] },
  })

  await t.test('is refused to the second one, which writes nothing', async (t) => {
    await two.repository.commit({ ...configMapFiles(1), 'app/own.yaml': configMapYaml('own') })

    const { record } = await two.sync('push')

    t.match(record, { phase: 'Failed', failure: { code: 'PLAN_OWNED_BY_OTHER' } })
    t.match(record.message, /ConfigMap .*c0 belongs to application test-/)
    t.notMatch(await one.kubectl('get', 'cm', '-o', 'name'), '/own')
  })

  await t.test('stays with the first one when a person relabels it', async (t) => {
    const before = await one.kubectl('get', 'cm', 'c0', '-o', labelOf)
    await one.kubectl('label', '--overwrite', 'cm', 'c0', `${partOf}=applyset-other`)

    const { record } = await one.sync('sweep')

    t.equal(record.phase, 'Succeeded', record.message)
    t.match(record.drift, [{ healed: true, offender: { manager: 'kubectl-label' } }])
    t.equal(await one.kubectl('get', 'cm', 'c0', '-o', labelOf), before)
  })

  await t.test('that Landfall itself gave to another one is told, not fought over', async (t) => {
    const plane = await controlPlane()
    const object = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c0', namespace: one.namespace, labels: { [partOf]: 'applyset-other' } },
      data: { a: '1' },
    }
    const apply = ['apply', '--server-side', '--force-conflicts', '--field-manager=landfall']
    await plane.kubectl([...apply, '--filename=-'], JSON.stringify(object))

    const { record, status } = await one.sync('sweep')

    t.match(record.drift, [{ healed: false, message: /belongs to another application/ }])
    t.equal(status.syncStatus, 'OutOfSync')
    t.equal(await one.kubectl('get', 'cm', 'c0', '-o', labelOf), 'applyset-other')
  })
})

test('an application with an account that may not list autoscalers', async (t) => {
  await t.test('keeps the replicas that one has set: Landfall itself looks', async (t) => {
    const account = `deployer-${process.pid}-${Date.now().toString(36)}`
    const plane = await controlPlane()
    await plane.kubectl(['create', 'serviceaccount', account, '--namespace=default'])
    t.teardown(() => plane.kubectl(['delete', 'serviceaccount', account, '--namespace=default']))
    const bench = await syncBench(t, { serviceAccount: { namespace: 'default', name: account } })
    const kinds = '--resource=deployments.apps,services,configmaps'
    await bench.kubectl('create', 'role', 'deployer', '--verb=*', kinds)
    const bound = ['--role=deployer', `--serviceaccount=default:${account}`]
    await bench.kubectl('create', 'rolebinding', 'deployer', ...bound)
    await untilAllowed(bench.kubectl, { namespace: 'default', name: account }, [
      'patch',
      'deployments.apps',
    ])
    const files = await exampleFiles('task-agent/plain')
    await bench.repository.commit(files)
    t.equal((await bench.sync('push')).record.phase, 'Succeeded')
    await bench.kubectl('autoscale', 'deployment/task-agent', '--min=5', '--max=9', '--cpu=50%')
    const scaled = '--for=jsonpath={.spec.replicas}=5'
    await bench.kubectl('wait', 'deployment/task-agent', scaled, '--timeout=60s')
    const changed = Object.entries(files).map(
      ([file, text]) => [file, text.replace('sha-abc123', 'sha-def456')] as const,
    )
    await bench.repository.commit(Object.fromEntries(changed))

    const { record } = await bench.sync('push')

    t.equal(record.counts.configured, 1, record.message)
    t.equal(await bench.kubectl('get', 'deploy', '-o', 'jsonpath={..spec.replicas}'), '5')
  })
})

test('a CRD whose names are taken', async (t) => {
  await t.test('stops its own objects, at once, and no others', async (t) => {
    const plane = await controlPlane()
    const group = `g${process.pid}${Date.now().toString(36)}.example.com`
    const bench = await syncBench(t, {
      allow: { namespaces: ['*'], clusterKinds: ['*'], denyKinds: [] },
    })
    await bench.repository.commit({ 'app/widgets.yaml': widgetCrd(group) })
    await bench.sync('push')
    const crds = [`widgets.${group}`, `gadgets.${group}`]
    t.teardown(() =>
      plane.kubectl(['delete', 'crd', ...crds, '--ignore-not-found', '--wait=false']),
    )
    const gadgets = widgetCrd(group)
      .replace('{name: widgets.', '{name: gadgets.')
      .replace(
        /names: .*/,
        'names: {plural: gadgets, singular: widget, kind: Gadget, listKind: GadgetList}',
      )
    await bench.repository.commit({
      'app/gadgets.yaml': gadgets,
      'app/gadget.yaml': `apiVersion: ${group}/v1\nkind: Gadget\nmetadata: {name: g}\nspec: {size: 1}\n`,
      'app/other.yaml': configMapYaml('other'),
    })

    const { record } = await bench.sync('push')

    t.equal(record.phase, 'Failed')
    t.match(record.message, /gadgets.*"widget" is already in use/)
    const actions = record.changes.map(({ ref, action }) => `${action} ${ref.kind}`)
    t.match(
      new Set(actions),
      new Set(['failed CustomResourceDefinition', 'skipped Gadget', 'created ConfigMap']),
    )
  })
})
