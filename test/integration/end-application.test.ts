import { test } from 'tap'
import { orphanApplication } from '../../src/engine/orphan-application.ts'
import { removeApplication } from '../../src/engine/remove-application.ts'
import type { InventoryTarget } from '../../src/engine/target.ts'
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
  const target: InventoryTarget = {
    application,
    cluster,
    client: cluster.own,
    own: cluster.own,
    partOf: cluster.inventory.partOf(application.name),
    signal: new AbortController().signal,
  }
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
