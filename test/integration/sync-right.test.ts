import { test } from 'tap'
import { configMapFiles, configMapYaml } from '../support/manifests.ts'
import { syncBench } from '../support/sync-bench.ts'

test('a sync tells what it found or made as Git wants it', async (t) => {
  const bench = await syncBench(t)
  const keys = (...names: readonly string[]) =>
    names.map((name) => `/ConfigMap/${bench.namespace}/${name}`)
  const right = async (trigger: 'push' | 'sweep', of: typeof bench.sync = bench.sync) =>
    (await of(trigger)).right?.toSorted()
  await bench.repository.commit(configMapFiles(3))

  await t.test('what it made', async (t) => {
    t.strictSame(await right('push'), keys('c0', 'c1', 'c2'))
  })

  await t.test('what it changed or deleted, and nothing that it did not look at', async (t) => {
    await bench.repository.commit({ 'app/c0.yaml': null, 'app/c1.yaml': configMapYaml('c1', {}) })
    t.strictSame(await right('push'), keys('c0', 'c1'))
  })

  await t.test('what it looked at and found right, and what it healed', async (t) => {
    await bench.kubectl('label', 'configmap/c2', 'team=blue')
    t.strictSame(await right('sweep'), keys('c1', 'c2'))
    t.strictSame(await right('sweep'), keys('c1', 'c2'))
  })

  await t.test('what is to be ignored from now on', async (t) => {
    const ignored = configMapYaml('c2').replace(
      'name: c2',
      'name: c2\n  annotations: {landfall.dev/sync: ignore}',
    )
    await bench.repository.commit({ 'app/c2.yaml': ignored })
    t.strictSame(await right('push'), keys('c2'))
  })

  await t.test('not what has drifted and is only told', async (t) => {
    const { sync } = bench.application
    const told = bench.beside('told', { sync: { ...sync, drift: 'report' } })
    await bench.repository.commit({ 'told/t0.yaml': configMapYaml('t0') })
    await told.sync('push')
    await bench.kubectl('delete', 'configmap/t0')
    t.strictSame(await right('sweep', told.sync), [])
  })
})
