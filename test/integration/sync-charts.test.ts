import { test } from 'tap'
import { aChartRepository } from '../support/chart-repository.ts'
import { helm } from '../support/helm-options.ts'
import { aConfigMap, kustomizeCases } from '../support/kustomize-cases.ts'
import { widgetCrd } from '../support/manifests.ts'
import { syncBench } from '../support/sync-bench.ts'

test('deploying a chart with all that a chart can have', async (t) => {
  const charts = await aChartRepository(t)
  const newer = await aChartRepository(t, '1.1.0')
  const group = `g${Date.now().toString(36)}.example.com`
  const chartRepositories = [charts, newer].map(({ url }) => ({ url, credentials: undefined }))
  const bench = await syncBench(t, {
    ...helm({ chartRepositories, valueFiles: ['../values/prod.yaml'] }),
    allow: { namespaces: ['*'], clusterKinds: ['*'], denyKinds: [] },
  })
  t.teardown(() => bench.kubectl('delete', 'crd', `widgets.${group}`, '--ignore-not-found'))
  const pin = ({ url, sha256 }: typeof charts, version: string) => ({
    'app/Chart.yaml': `apiVersion: v2\nname: web\nversion: 1.0.0\nkubeVersion: ">=1.25.0-0"\ndependencies: [{name: db, version: "~1", repository: "${url}"}]\n`,
    'app/Chart.lock': `dependencies: [{name: db, version: ${version}, repository: "${url}"}]\n`,
    'app/charts.sha256': `${sha256}  db-${version}.tgz\n`,
  })
  const supports = '{{ .Capabilities.APIVersions.Has "apps/v1/Deployment" }}'

  await t.test('applies definitions, their objects and fetched charts in one sync', async (t) => {
    await bench.repository.commit({
      ...pin(charts, '1.0.0'),
      'values/prod.yaml': 'db: {size: 5}\n',
      'app/crds/widget.yaml': widgetCrd(group),
      'app/templates/widget.yaml': `apiVersion: ${group}/v1\nkind: Widget\nmetadata: {name: w}\nspec: {size: 1}\n`,
      'app/templates/a.yaml': aConfigMap('facts', `"{{ .Values.k }}${supports}"`),
    })

    const { record } = await bench.sync('push')

    t.match(record, { phase: 'Succeeded', counts: { created: 4 } }, record.message)
    const facts = await bench.kubectl('get', 'cm', 'facts', '-o', 'jsonpath={.data.k}')
    t.equal(facts, 'true')
    const db = `${bench.namespace}-db`
    t.equal(await bench.kubectl('get', 'cm', db, '-o', 'jsonpath={.data.size}'), '5')
    t.match(await bench.kubectl('get', `widgets.${group}`, '-o', 'name'), /\/w$/)
  })

  await t.test('takes another version of a dependency when its pin is committed', async (t) => {
    await bench.repository.commit({ ...pin(newer, '1.1.0'), 'values/prod.yaml': 'db: {size: 6}\n' })

    const { record } = await bench.sync('push')

    t.match(record, { phase: 'Succeeded', counts: { configured: 1 } }, record.message)
    t.ok(newer.seen.length > 0)
  })

  await t.test('changes nothing where a dependency is not what was pinned', async (t) => {
    await bench.repository.commit({ 'app/charts.sha256': `${'a'.repeat(64)}  db-1.1.0.tgz\n` })

    const { record } = await bench.sync('push')

    t.match(record, { phase: 'Failed', message: /wanted is the archive sha256:aaa/ })
    t.match(await bench.kubectl('get', 'cm', '-o', 'name'), /facts/)
  })
})

test('deploying what people write in kustomizations', async (t) => {
  for (const name of [
    'a base and components beside it',
    'generators of ConfigMaps and Secrets',
    'patches of every form',
    'replacements, inline and from a file',
  ]) {
    await t.test(`works with ${name}`, async (t) => {
      const bench = await syncBench(t)
      const { files = {}, objects = [] } = kustomizeCases[name] ?? {}
      await bench.repository.commit(files)

      const first = await bench.sync('push')
      await bench.repository.commit({ 'README.md': 'x' })
      const second = await bench.sync('push')

      t.match(first.record, { phase: 'Succeeded', counts: { created: objects.length } })
      t.match(second, { quiet: true, touched: false })
    })
  }
})
