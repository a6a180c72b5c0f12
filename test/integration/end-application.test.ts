import { test } from 'tap'
import { orphanApplication } from '../../src/engine/orphan-application.ts'
import { removeApplication } from '../../src/engine/remove-application.ts'
import { benchTarget } from '../support/bench-target.ts'
import { hookJobYaml, preSync } from '../support/hook-yaml.ts'
import { configMapFiles } from '../support/manifests.ts'
import { syncBench } from '../support/sync-bench.ts'

test('an application that is being synced', async (t) => {
  const bench = await syncBench(t)
  const { application, cluster } = bench
  await bench.repository.commit(configMapFiles(1))
  const { record } = await bench.sync('push')
  const known = await cluster.inventory.read(application.name)
  const running = { ...record, phase: 'Running', finishedAt: undefined } as const
  const before = await cluster.inventory.write(application.name, { ...known, history: [running] })
  const target = benchTarget(bench, bench)
  const at = { now: record.startedAt, timeoutMs: application.sync.timeoutMs }
  const isAsItWas = async () => {
    const { resourceVersion } = await cluster.inventory.read(application.name)
    const labels = await bench.kubectl('get', 'cm/c0', '-o', 'jsonpath={.metadata.labels}')
    return resourceVersion === before.resourceVersion && labels.includes(target.partOf)
  }

  await t.test('is not removed', async (t) => {
    const options = { prune: true, data: false }

    await t.rejects(removeApplication(target, options, at), { code: 'INSTANCE_REFUSED' })

    t.ok(await isAsItWas())
  })

  await t.test('is not let go of', async (t) => {
    await t.rejects(orphanApplication(target, at), { code: 'INSTANCE_REFUSED' })

    t.ok(await isAsItWas())
  })
})

test('what a hook left is let go of with the other objects', async (t) => {
  const bench = await syncBench(t)
  const { application, cluster } = bench
  const migrate = hookJobYaml({ name: 'migrate', annotations: preSync })
  await bench.repository.commit({ ...configMapFiles(1), 'app/migrate.yaml': migrate })
  const { record } = await bench.sync('push')
  const target = benchTarget(bench, bench)
  const labels = () => bench.kubectl('get', 'cm/c0', 'job/migrate', '-o', 'yaml')
  t.match(record, { phase: 'Succeeded' }, record.message)
  t.match(await labels(), target.partOf)

  await orphanApplication(target, { now: new Date().toISOString(), timeoutMs: undefined })

  t.notMatch(await labels(), target.partOf)
  t.match(await cluster.inventory.read(application.name), { entries: [], hooks: [] })
})
