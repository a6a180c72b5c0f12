import { test } from 'tap'
import { controlPlane } from '../support/control-plane.ts'
import { configMapFiles, configMapYaml, widgetCrd } from '../support/manifests.ts'
import { syncBench } from '../support/sync-bench.ts'

test('what happened to the cluster outside of Git', async (t) => {
  await t.test(
    'a deleted namespace comes back though a commit changes what is in it',
    async (t) => {
      const plane = await controlPlane()
      const extra = `extra-${process.pid}-${Date.now()}`
      const bench = await syncBench(t, {
        allow: { namespaces: ['*'], clusterKinds: ['Namespace'], denyKinds: [] },
      })
      t.teardown(() => plane.kubectl(['delete', 'ns', extra, '--ignore-not-found', '--wait=false']))
      const inExtra = (value: string) =>
        configMapYaml('x', { a: value }).replace(
          '  name: x\n',
          `  name: x\n  namespace: ${extra}\n`,
        )
      await bench.repository.commit({
        'app/ns.yaml': `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${extra}}\n`,
        'app/x.yaml': inExtra('1'),
      })
      await bench.sync('push')
      await plane.kubectl(['delete', 'ns', extra])
      await bench.repository.commit({ 'app/x.yaml': inExtra('2') })

      const { record } = await bench.sync('sweep')

      t.equal(record.phase, 'Succeeded', record.message)
      const live = await plane.kubectl(['-n', extra, 'get', 'cm', 'x', '-o', 'jsonpath={.data.a}'])
      t.equal(live, '2')
    },
  )

  await t.test('a deleted CRD comes back with its objects, in one sweep', async (t) => {
    const plane = await controlPlane()
    const group = `g${process.pid}${Date.now().toString(36)}.example.com`
    const bench = await syncBench(t, {
      allow: { namespaces: ['*'], clusterKinds: ['*'], denyKinds: [] },
    })
    const crd = `widgets.${group}`
    t.teardown(() => plane.kubectl(['delete', 'crd', crd, '--ignore-not-found', '--wait=false']))
    await bench.repository.commit({
      'app/crd.yaml': widgetCrd(group),
      'app/w.yaml': `apiVersion: ${group}/v1\nkind: Widget\nmetadata: {name: w}\nspec: {size: 1}\n`,
    })
    await bench.sync('push')
    await plane.kubectl(['delete', 'crd', crd])

    const { record } = await bench.sync('sweep')

    t.equal(record.phase, 'Succeeded', record.message)
    t.strictSame(
      record.drift.map(({ ref, type, healed }) => `${type} ${ref.kind} ${healed}`),
      ['missing CustomResourceDefinition true', 'missing Widget true'],
    )
    t.equal(await bench.kubectl('get', crd, 'w', '-o', 'jsonpath={.spec.size}'), '1')
  })

  await t.test('an object that another deployer made anew is told, not taken', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit(configMapFiles(2))
    await bench.sync('push')
    await bench.kubectl('delete', 'cm', 'c0')
    await bench.kubectl('create', 'cm', 'c0', '--from-literal=a=2', '--field-manager=helm')
    await bench.kubectl('delete', 'cm', 'c1')

    const { record, status } = await bench.sync('sweep')

    t.equal(await bench.kubectl('get', 'cm', 'c0', '-o', 'jsonpath={.data.a}'), '2')
    t.equal(await bench.kubectl('get', 'cm', 'c1', '-o', 'jsonpath={.data.a}'), '1')
    t.match(record.drift.find(({ ref }) => ref.name === 'c0')?.message, /is managed by helm/)
    t.equal(status.syncStatus, 'OutOfSync')
  })

  await t.test(
    'what a failed commit has made is not pruned for the commit before it',
    async (t) => {
      const bench = await syncBench(t)
      await bench.repository.commit(configMapFiles(1))
      await bench.sync('push')
      const good = await bench.repository.git('rev-parse', 'HEAD')
      await bench.repository.commit({ 'app/new.yaml': configMapYaml('new') })
      await bench.sync('push')
      const annotate = ['annotate', '--overwrite', 'cm', `landfall-${bench.application.name}`]
      const plane = await controlPlane()
      // As a sync leaves it that failed in the middle of its writes.
      await plane.kubectl(['-n', 'landfall-system', ...annotate, `landfall.dev/revision=${good}`])

      const tip = await bench.repository.git('rev-parse', 'HEAD')
      const { record } = await bench.sync('sweep', { failedRevision: tip })

      t.equal(record.revision, good)
      t.notOk(record.counts.deleted)
      t.equal(await bench.kubectl('get', 'cm', 'new', '-o', 'name'), 'configmap/new')
    },
  )

  await t.test(
    'what a failed commit has changed is not set back to the commit before it',
    async (t) => {
      const bench = await syncBench(t)
      await bench.repository.commit(configMapFiles(2))
      await bench.sync('push')
      const good = await bench.repository.git('rev-parse', 'HEAD')
      await bench.repository.commit({ 'app/c0.yaml': configMapYaml('c0', { a: '2' }) })
      await bench.sync('push')
      const annotate = ['annotate', '--overwrite', 'cm', `landfall-${bench.application.name}`]
      const plane = await controlPlane()
      // As a sync leaves it that failed in the middle of its writes.
      await plane.kubectl(['-n', 'landfall-system', ...annotate, `landfall.dev/revision=${good}`])
      await bench.kubectl('patch', 'cm', 'c1', '-p', '{"data":{"a":"9"}}')

      const tip = await bench.repository.git('rev-parse', 'HEAD')
      const { record } = await bench.sync('sweep', { failedRevision: tip })

      t.equal(await bench.kubectl('get', 'cm', 'c0', '-o', 'jsonpath={.data.a}'), '2')
      t.equal(await bench.kubectl('get', 'cm', 'c1', '-o', 'jsonpath={.data.a}'), '1')
      t.match(
        record.changes.find(({ ref }) => ref.name === 'c0'),
        { action: 'skipped', message: /a later commit/ },
      )
      await bench.repository.commit({ 'app/c0.yaml': configMapYaml('c0', { a: '3' }) })
      t.equal((await bench.sync('push')).record.counts.configured, 1)
    },
  )

  await t.test('drift that is only reported is written down once', async (t) => {
    const bench = await syncBench(t, { sync: { drift: 'report' } as never })
    await bench.repository.commit(configMapFiles(2))
    await bench.sync('push')
    await bench.kubectl('delete', 'cm', 'c0')

    const first = await bench.sync('sweep')
    const second = await bench.sync('sweep')

    t.notOk(first.quiet)
    t.ok(second.quiet)
    t.equal(second.record.drift[0]?.message, first.record.drift[0]?.message)
  })

  await t.test(
    'a first commit that cannot be deployed is told once, not at every sweep',
    async (t) => {
      const bench = await syncBench(t)
      await bench.repository.commit({ 'app/bad.yaml': configMapYaml('Not_A_Name') })
      const { failedRevision } = await bench.sync('push')
      await bench.sync('sweep', { failedRevision })

      const { quiet, record } = await bench.sync('sweep', { failedRevision })

      t.ok(quiet, record.message)
    },
  )

  await t.test('why the tip is held back is known to the heals of another worker', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit(configMapFiles(1))
    await bench.sync('push')
    const tip = await bench.repository.commit({ 'app/bad.yaml': configMapYaml('Not_A_Name') })
    await bench.sync('push')
    const { heldBack } = await bench.sync('sweep', { failedRevision: tip })
    await bench.kubectl('patch', 'cm', 'c0', '-p', '{"data":{"a":"2"}}')
    bench.restart()

    const healed = await bench.sync('drift', { failedRevision: tip, heldBack })

    t.match(healed.status, {
      syncStatus: 'OutOfSync',
      message: /^[0-9a-f]{7} failed before .*; keeping .*1 drifted/s,
    })
    t.strictSame(healed.heldBack, heldBack)
    await bench.repository.commit({ 'app/bad.yaml': null })
    const mended = await bench.sync('push', { failedRevision: tip, heldBack })
    t.match(mended.status, { syncStatus: 'Synced' })
    t.equal(mended.heldBack, undefined)
  })

  await t.test('kubectl describe shows what was healed', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit(configMapFiles(1))
    await bench.sync('push')
    await bench.kubectl('patch', 'cm', 'c0', '-p', '{"data":{"a":"2"}}')

    await bench.sync('sweep')

    t.match(await bench.kubectl('describe', 'cm', 'c0'), 'DriftHealed')
  })
})
