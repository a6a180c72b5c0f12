import { test } from 'tap'
import { madeIn, namesOf, uidOf } from '../support/hook-bench.ts'
import { hookJobYaml, preSync } from '../support/hook-yaml.ts'
import { configMapYaml } from '../support/manifests.ts'
import { syncBench } from '../support/sync-bench.ts'

const migration = hookJobYaml({ name: 'migrate', annotations: preSync })
const failing = hookJobYaml({ name: 'migrate', annotations: preSync, testPod: 'exit-code-1' })

test('a hook before the rollout', async (t) => {
  await t.test('has ended before anything else is written', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit({
      'app/a.yaml': configMapYaml('a'),
      'app/job.yaml': migration,
    })
    const made = await madeIn(bench, () => bench.sync('push'))

    t.strictSame(made, ['migrate', 'a'])
    const end = await bench.kubectl(
      'get',
      'job',
      'migrate',
      '-o',
      'jsonpath={.status.completionTime}',
    )
    const next = await bench.kubectl('get', 'cm', 'a', '-o', 'jsonpath={..creationTimestamp}')
    t.ok(end <= next, `${end} ${next}`)
  })

  await t.test("its failure stops the sync, with the log's last lines", async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit({ 'app/a.yaml': configMapYaml('a'), 'app/job.yaml': failing })

    const { record, retry, failedRevision, status } = await bench.sync('push')

    t.match(record, { phase: 'Failed', failure: { code: 'PRE_SYNC_FAILED' } }, record.message)
    t.match(
      record.message,
      /^pre-sync hook Job .*\/migrate failed; its log ends: ….*kwok plays the node \| this is the last line; it failed: BackoffLimitExceeded.*; 1 object waits for it and was not written$/,
    )
    t.match(record.failure?.subjects[0]?.message, /\nstarting\n.*\nthis is the last line$/)
    t.equal(await namesOf(bench, 'cm'), 'kube-root-ca.crt')
    t.equal(retry, undefined)
    t.equal(failedRevision, record.revision)
    t.equal(status.syncStatus, 'OutOfSync')

    await bench.repository.commit({ 'app/job.yaml': migration })
    const next = await bench.sync('push')
    t.equal(next.record.phase, 'Succeeded', next.record.message)
    t.match(await namesOf(bench, 'cm'), /^a /)
  })

  await t.test('a gate that refuses another object lets no hook run', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit({
      'app/a.yaml': configMapYaml('a', { a: 1 }),
      'app/job.yaml': migration,
    })

    const { record } = await bench.sync('push')

    t.equal(record.failure?.code, 'PLAN_REJECTED', record.message)
    t.equal(await namesOf(bench, 'job'), '')
  })

  await t.test('one that the server refuses is told with all the others', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit({
      'app/a.yaml': configMapYaml('a', { a: 1 }),
      'app/job.yaml': migration.replace('"Never"', '"Sometimes"'),
    })

    const { record } = await bench.sync('push')

    t.strictSame(
      record.failure?.subjects.map(({ file, object }) => `${file} ${object?.split('/')[1]}`),
      ['app/a.yaml a', 'app/job.yaml migrate'],
    )
  })

  await t.test('finds its namespace made, where that comes with the same commit', async (t) => {
    const bench = await syncBench(t, {
      allow: { namespaces: ['*'], clusterKinds: ['Namespace'], denyKinds: [] },
    })
    const other = `${bench.namespace}-b`
    t.teardown(() => bench.kubectl('delete', 'ns', other, '--ignore-not-found', '--wait=false'))
    await bench.repository.commit({
      'app/ns.yaml': `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${other}}\n`,
      'app/job.yaml': migration.replace(
        '"name":"migrate"',
        `"name":"migrate","namespace":"${other}"`,
      ),
    })

    const { record } = await bench.sync('push')

    t.equal(record.phase, 'Succeeded', record.message)
    t.match(await bench.kubectl('get', 'job', '-n', other, '-o', 'name'), 'job.batch/migrate')
  })
})

test('when hooks run', async (t) => {
  await t.test('each change runs them anew; a commit that changes nothing does not', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit({ 'app/a.yaml': configMapYaml('a'), 'app/job.yaml': migration })
    await bench.sync('push')
    const first = await uidOf(bench, 'job/migrate')

    await bench.repository.commit({ 'readme.md': 'hello' })
    const idle = await bench.sync('push')
    t.ok(idle.quiet, idle.record.message)
    t.equal(await uidOf(bench, 'job/migrate'), first)

    await bench.repository.commit({ 'app/a.yaml': configMapYaml('a', { a: '2' }) })
    const next = await bench.sync('push')
    t.equal(next.record.phase, 'Succeeded', next.record.message)
    const second = await uidOf(bench, 'job/migrate')
    t.not(second, first)

    const image = hookJobYaml({ name: 'migrate', annotations: preSync, image: 'migrate:2' })
    await bench.repository.commit({ 'app/job.yaml': image })
    const changed = await bench.sync('push')
    t.match(changed.record.changes, [{ ref: { name: 'migrate' }, message: 'pre-sync hook' }])
    t.not(await uidOf(bench, 'job/migrate'), second)
  })

  await t.test('a hook that somebody deletes is no drift', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit({ 'app/a.yaml': configMapYaml('a'), 'app/job.yaml': migration })
    await bench.sync('push')
    await bench.kubectl('delete', 'job', 'migrate')
    await bench.kubectl('delete', 'cm', 'a')

    const { record } = await bench.sync('sweep')

    t.strictSame(
      record.drift.map(({ ref }) => ref.name),
      ['a'],
    )
    t.equal(await namesOf(bench, 'job'), '')
    t.ok((await bench.sync('sweep')).quiet)
  })

  await t.test('one that Git no longer has is cleaned up', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit({ 'app/a.yaml': configMapYaml('a'), 'app/job.yaml': migration })
    await bench.sync('push')
    await bench.repository.commit({ 'app/job.yaml': null })

    const { record } = await bench.sync('push')

    t.equal(record.phase, 'Succeeded', record.message)
    t.equal(await namesOf(bench, 'job'), '')
    t.match(await namesOf(bench, 'cm'), /^a /)
    t.ok((await bench.sync('sweep')).quiet)
  })

  await t.test('an object that becomes a hook is run as one, and pruned for nothing', async (t) => {
    const bench = await syncBench(t)
    const plain = hookJobYaml({ name: 'migrate', annotations: {} })
    await bench.repository.commit({ 'app/a.yaml': configMapYaml('a'), 'app/job.yaml': plain })
    await bench.sync('push')
    const uid = await uidOf(bench, 'job/migrate')
    await bench.repository.commit({ 'app/job.yaml': migration })

    const { record } = await bench.sync('push')

    t.equal(record.phase, 'Succeeded', record.message)
    t.strictSame(record.counts, { created: 1, unchanged: 1 })
    t.not(await uidOf(bench, 'job/migrate'), uid)
  })

  await t.test('a hook that becomes an object again stays', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit({ 'app/a.yaml': configMapYaml('a'), 'app/job.yaml': migration })
    await bench.sync('push')
    const plain = hookJobYaml({ name: 'migrate', annotations: {} })
    await bench.repository.commit({ 'app/job.yaml': plain })

    const { record } = await bench.sync('push')

    t.equal(record.phase, 'Succeeded', record.message)
    t.ok(await uidOf(bench, 'job/migrate'))
    t.ok((await bench.sync('sweep')).quiet)
  })

  await t.test("another's object of that name is not touched", async (t) => {
    const bench = await syncBench(t)
    await bench.kubectl('create', 'job', 'migrate', '--image=x')
    const uid = await uidOf(bench, 'job/migrate')
    await bench.repository.commit({ 'app/a.yaml': configMapYaml('a'), 'app/job.yaml': migration })

    const { record } = await bench.sync('push')

    t.equal(record.failure?.code, 'PRE_SYNC_FAILED')
    t.match(record.message, /is there already and was not made by this application; delete it/)
    t.equal(await uidOf(bench, 'job/migrate'), uid)
  })
})

test('the hooks of a helm chart', async (t) => {
  const settings = (hook: Record<string, string>) => `apiVersion: v1
kind: ConfigMap
metadata: {name: settings, annotations: ${JSON.stringify(hook)}}
data: {a: "1"}
`
  const job = (name: string, hook: Record<string, string>) =>
    hookJobYaml({ name, annotations: hook })
  const chart = {
    'app/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n',
    'app/templates/a.yaml': configMapYaml('a'),
    'app/templates/settings.yaml': settings({
      'helm.sh/hook': 'pre-install,pre-upgrade',
      'helm.sh/hook-weight': '-5',
    }),
    'app/templates/migrate.yaml': job('migrate', { 'helm.sh/hook': 'pre-install,pre-upgrade' }),
    'app/templates/smoke.yaml': job('smoke', {
      'helm.sh/hook': 'post-install,post-upgrade',
      'helm.sh/hook-delete-policy': 'hook-succeeded',
    }),
    'app/templates/bye.yaml': job('bye', { 'helm.sh/hook': 'pre-delete' }),
  }

  await t.test(
    'run by weight, before and after the rollout; those of a deletion do not',
    async (t) => {
      const bench = await syncBench(t)
      await bench.repository.commit(chart)
      let warnings: readonly string[] = []

      const made = await madeIn(bench, async () => {
        warnings = (await bench.sync('push')).record.warnings
      })

      t.strictSame(made, ['settings', 'migrate', 'a', 'smoke'])
      t.equal(await namesOf(bench, 'job'), 'migrate')
      t.match(warnings, [/bye is a helm hook \(pre-delete\) and not applied/])
    },
  )
})
