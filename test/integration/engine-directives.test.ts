import { test } from 'tap'
import { configMapFiles, configMapYaml } from '../support/manifests.ts'
import { syncBench } from '../support/sync-bench.ts'

const onceYaml = (value: string) =>
  configMapYaml('once', { a: value }).replace(
    '  name: once\n',
    '  name: once\n  annotations: {landfall.dev/sync: if-not-present}\n',
  )

test('an object to be created only where it is not present', async (t) => {
  await t.test('one that somebody else has made is left to them, quietly', async (t) => {
    const bench = await syncBench(t)
    await bench.kubectl('create', 'cm', 'once', '--from-literal=a=2', '--field-manager=helm')
    await bench.repository.commit({ 'app/once.yaml': onceYaml('1'), ...configMapFiles(1) })

    const { record } = await bench.sync('push')
    const swept = await bench.sync('sweep')

    t.equal(record.phase, 'Succeeded', record.message)
    t.ok(swept.quiet)
    t.notOk(swept.touched)
    t.equal(await bench.kubectl('get', 'cm', 'once', '-o', 'jsonpath={.data}'), '{"a":"2"}')
  })

  await t.test('one that Landfall made is not changed by a later commit', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit({ 'app/once.yaml': onceYaml('1') })
    await bench.sync('push')
    await bench.repository.commit({ 'app/once.yaml': onceYaml('2') })

    await bench.sync('push')
    const swept = await bench.sync('sweep')

    t.equal(await bench.kubectl('get', 'cm', 'once', '-o', 'jsonpath={.data}'), '{"a":"1"}')
    t.ok(swept.quiet, swept.record.message)
    await bench.kubectl('delete', 'cm', 'once')
    await bench.sync('sweep')
    t.equal(await bench.kubectl('get', 'cm', 'once', '-o', 'jsonpath={.data}'), '{"a":"2"}')
  })

  await t.test('one that Landfall made is pruned with its manifest', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit({ 'app/once.yaml': onceYaml('1'), ...configMapFiles(1) })
    await bench.sync('push')
    await bench.repository.commit({ 'app/once.yaml': onceYaml('2') })
    await bench.sync('push')
    await bench.repository.commit({ 'app/once.yaml': null })

    const { record } = await bench.sync('push')

    t.match(record.changes, [{ action: 'deleted', ref: { name: 'once' } }])
  })
})

test('ignored fields', async (t) => {
  const rule = (fields: readonly string[]) => ({
    kind: 'ConfigMap',
    group: undefined,
    namespace: undefined,
    name: '*',
    fields,
  })

  await t.test('one inside a map that only people own stays; the rest of it goes', async (t) => {
    const fields = ['/metadata/annotations/example.com~1keep']
    const bench = await syncBench(t, { ignore: [rule(fields)] })
    await bench.repository.commit(configMapFiles(1))
    await bench.sync('push')
    await bench.kubectl('annotate', 'cm', 'c0', 'example.com/keep=1', 'example.com/go=1')

    await bench.sync('sweep')

    const annotations = await bench.kubectl('get', 'cm', 'c0', '-o', 'jsonpath={..annotations}')
    t.equal(annotations, '{"example.com/keep":"1"}')
    t.ok((await bench.sync('sweep')).quiet)
  })

  await t.test(
    'one named with `*` keeps its live value when something else is pushed',
    async (t) => {
      const bench = await syncBench(t, { ignore: [rule(['/data/*'])] })
      await bench.repository.commit(configMapFiles(1))
      await bench.sync('push')
      await bench.kubectl('patch', 'cm', 'c0', '-p', '{"data":{"a":"mine"}}')
      await bench.repository.commit({
        'app/c0.yaml': `${configMapYaml('c0')}immutable: false\n`,
      })

      await bench.sync('push')

      t.equal(await bench.kubectl('get', 'cm', 'c0', '-o', 'jsonpath={.data}'), '{"a":"mine"}')
    },
  )
})
