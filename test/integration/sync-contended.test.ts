import { test } from 'tap'
import { configMapFiles } from '../support/manifests.ts'
import { syncBench } from '../support/sync-bench.ts'

test('a program that undoes each heal', async (t) => {
  const bench = await syncBench(t)
  await bench.repository.commit(configMapFiles(1))
  await bench.sync('push')
  const fight = () =>
    bench.kubectl('patch', 'cm', 'c0', '--field-manager=bot', '-p', '{"data":{"a":"bot"}}')
  const warnings = async () => {
    const selector = '--field-selector=reason=DriftContended'
    const names = await bench.kubectl('get', 'events.v1.events.k8s.io', selector, '-o', 'name')
    return names.split('\n').filter((name) => name !== '')
  }
  for (let heal = 0; heal < 3; heal += 1) {
    await fight()
    t.match((await bench.sync('sweep')).record.drift, [{ healed: true }])
  }
  await fight()

  await t.test('is left alone, and the object says so', async (t) => {
    const { record, status, quiet } = await bench.sync('sweep')

    t.match(record.drift, [{ healed: false, contended: true, message: /^contended: bot set / }])
    t.equal(status.syncStatus, 'OutOfSync')
    t.equal(quiet, false)
    t.equal((await warnings()).length, 1)
  })

  await t.test('is told in no further Event while nothing changes', async (t) => {
    const { record, quiet } = await bench.sync('sweep')

    t.match(record.drift, [{ contended: true }])
    t.equal(quiet, true)
    t.equal((await warnings()).length, 1)
  })
})
