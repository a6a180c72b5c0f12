import { test } from 'tap'
import { exampleFiles } from '../support/example-files.ts'
import { configMapFiles, configMapYaml, widgetCrd } from '../support/manifests.ts'
import { syncBench } from '../support/sync-bench.ts'

test('deploying a commit', async (t) => {
  for (const kind of ['plain', 'kustomize', 'helm']) {
    await t.test(`a ${kind} application is live and healthy after one sync`, async (t) => {
      const path = kind === 'kustomize' ? 'app/overlays/production' : 'app'
      const bench = await syncBench(t, { path })
      const sha = await bench.repository.commit(await exampleFiles(`task-agent/${kind}`))

      const { record, status } = await bench.sync('push')

      t.match(record, { phase: 'Succeeded', revision: sha, health: 'Healthy' }, record.message)
      t.equal(record.counts.created, 3)
      t.match(status, { syncStatus: 'Synced', revision: sha })
      const ready = await bench.kubectl('get', 'deploy', '-o', 'jsonpath={..readyReplicas}')
      t.equal(ready, '3')
    })
  }

  await t.test('a change in the base alone deploys the overlay', async (t) => {
    const bench = await syncBench(t, { path: 'app/overlays/production' })
    const files = await exampleFiles('task-agent/kustomize')
    await bench.repository.commit(files)
    await bench.sync('push')
    const changed = Object.entries(files).flatMap(([file, text]) =>
      file.startsWith('app/base/') && text.includes('containerPort: 8000')
        ? [[file, text.replaceAll('8000', '8001')] as const]
        : [],
    )
    await bench.repository.commit(Object.fromEntries(changed))

    const { record, touched } = await bench.sync('push')

    t.equal(changed.length, 1)
    t.equal(record.counts.configured, 1, record.message)
    t.ok(touched)
  })

  await t.test('a commit elsewhere in the repository changes and tells nothing', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit(configMapFiles(2))
    await bench.sync('push')
    const told = bench.progress.length
    await bench.repository.commit({ 'other/readme.md': 'hello' })

    const outcome = await bench.sync('push')

    t.ok(outcome.quiet)
    t.notOk(outcome.touched)
    t.equal(bench.progress.length, told)
  })

  await t.test(
    'a namespace and a CRD of the same commit come before what needs them',
    async (t) => {
      const group = `g${Date.now().toString(36)}.example.com`
      const bench = await syncBench(t)
      const other = `${bench.namespace}-b`
      const allow = { namespaces: ['*'], clusterKinds: ['*'], denyKinds: [] }
      const open = await syncBench(t, { allow })
      await open.repository.commit({
        'app/all.yaml': [
          `apiVersion: ${group}/v1\nkind: Widget\nmetadata: {name: w, namespace: ${other}}\nspec: {size: 1}\n`,
          configMapYaml('c').replace('name: c', `name: c\n  namespace: ${other}`),
          `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${other}}\n`,
          widgetCrd(group),
        ].join('---\n'),
      })
      t.teardown(() => open.kubectl('delete', 'ns', other, '--wait=false'))
      t.teardown(() => open.kubectl('delete', 'crd', `widgets.${group}`, '--wait=false'))

      const { record } = await open.sync('push', { id: 'f'.repeat(32) })

      t.equal(record.counts.created, 4, record.message)
      const size = await open.kubectl(
        'get',
        `widgets.${group}`,
        '-n',
        other,
        '-o',
        'jsonpath={..size}',
      )
      t.equal(size, '1')
    },
  )

  await t.test('the result of a render is deployed once, whatever the trigger', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit(configMapFiles(3))
    await bench.sync('push')

    for (const trigger of ['push', 'sweep', 'manual', 'drift'] as const) {
      const { record } = await bench.sync(trigger)
      t.strictSame(record.changes, [], trigger)
      t.strictSame(record.drift, [], trigger)
    }
  })
})
