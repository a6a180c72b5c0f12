import { test } from 'tap'
import { configMapFiles, configMapYaml } from '../support/manifests.ts'
import { syncBench } from '../support/sync-bench.ts'

test('the gate', async (t) => {
  await t.test('Nothing is written unless every object that can be checked passes', async (t) => {
    const bench = await syncBench(t)
    const invalid = Object.fromEntries(
      [1, 4, 7].map((index) => [`app/c${index}.yaml`, configMapYaml(`c${index}`, { a: 1 })]),
    )
    await bench.repository.commit({ ...configMapFiles(10), ...invalid })

    const { record, failedRevision } = await bench.sync('push')

    t.equal(await bench.kubectl('get', 'cm', '-o', 'name'), 'configmap/kube-root-ca.crt')
    t.match(record, { phase: 'Failed', failure: { code: 'PLAN_REJECTED' } })
    t.strictSame(
      record.failure?.subjects.map(({ file, line }) => `${file}:${line}`),
      ['app/c1.yaml:1', 'app/c4.yaml:1', 'app/c7.yaml:1'],
    )
    t.match(
      record.message,
      /^dry-run of 3 objects failed at app\/c1\.yaml:1, app\/c4\.yaml:1, app\/c7\.yaml:1: configmaps c1: .*data\.a/,
    )
    t.equal(failedRevision, record.revision)

    await bench.repository.commit(configMapFiles(10))
    const next = await bench.sync('push')
    t.equal(next.record.counts.created, 10, next.record.message)
  })

  await t.test('a sweep heals the last good commit while the tip cannot be deployed', async (t) => {
    const bench = await syncBench(t)
    const good = await bench.repository.commit(configMapFiles(2))
    await bench.sync('push')
    await bench.repository.commit({ 'app/c0.yaml': configMapYaml('c0', { a: 1 }) })
    const { failedRevision } = await bench.sync('push')
    await bench.kubectl('delete', 'cm', 'c1')

    const { record, status } = await bench.sync('sweep', { failedRevision })

    t.equal(record.revision, good)
    t.match(record.drift, [{ type: 'missing', healed: true }])
    t.equal(status.syncStatus, 'OutOfSync')
    t.match(
      status.message,
      /failed before \(dry-run: .*\) and is not tried again; push a correction/,
    )
  })

  await t.test('E1: what `allow` does not cover is refused with the line to add', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit({
      'app/all.yaml': [
        configMapYaml('elsewhere').replace(
          'name: elsewhere',
          'name: elsewhere\n  namespace: kube-system',
        ),
        'apiVersion: v1\nkind: Namespace\nmetadata: {name: mine}\n',
        configMapYaml('own').replace('name: own', 'name: own\n  namespace: landfall-system'),
      ].join('---\n'),
    })

    const { record } = await bench.sync('push')

    t.equal(record.failure?.code, 'PLAN_NOT_ALLOWED')
    const messages = record.failure?.subjects.map(({ message }) => message) ?? []
    t.match(messages[0], `applications.${bench.application.name}.allow.namespaces: [kube-system]`)
    t.match(messages[1], `applications.${bench.application.name}.allow.clusterKinds: [Namespace]`)
    t.match(messages[2], "Landfall's own and closed to every application")
  })

  await t.test('E8: an object of another deployer is refused with its name', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit(configMapFiles(1))
    await bench.kubectl('create', 'cm', 'c0', '--from-literal=a=2', '--field-manager=helm')

    const { record } = await bench.sync('push')

    t.equal(record.failure?.code, 'PLAN_OWNED_BY_OTHER', record.message)
    t.match(record.message, /is managed by helm; .* take it over: landfall adopt /)
    t.equal(await bench.kubectl('get', 'cm', 'c0', '-o', 'jsonpath={.data.a}'), '2')
  })

  await t.test(
    'an object that a person made is taken over without what Git does not declare',
    async (t) => {
      const bench = await syncBench(t)
      await bench.repository.commit(configMapFiles(1))
      await bench.kubectl('create', 'cm', 'c0', '--from-literal=a=2', '--from-literal=b=3')

      const { record } = await bench.sync('push')

      t.equal(record.phase, 'Succeeded', record.message)
      t.equal(await bench.kubectl('get', 'cm', 'c0', '-o', 'jsonpath={.data}'), '{"a":"1"}')
      t.strictSame((await bench.sync('sweep')).record.drift, [])
    },
  )

  await t.test(
    'B5: a rewritten branch is refused where the application asks for fast-forward',
    async (t) => {
      const bench = await syncBench(t, { sync: { requireFastForward: true } as never })
      await bench.repository.commit(configMapFiles(1))
      await bench.sync('push')
      await bench.repository.git('commit', '--amend', '-q', '-m', 'rewritten')
      await bench.repository.git('push', '-q', '--force', 'origin', 'HEAD')

      const { record, touched } = await bench.sync('push')

      t.equal(record.failure?.code, 'SOURCE_NOT_FAST_FORWARD', record.message)
      t.ok(touched, 'the forge hears of the rewritten commit')
    },
  )
})
