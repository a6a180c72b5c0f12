import { test } from 'tap'
import { completeJob, madeIn, namesOf, uidOf } from '../support/hook-bench.ts'
import { hookJobYaml, postSync, preSync } from '../support/hook-yaml.ts'
import { configMapYaml } from '../support/manifests.ts'
import { syncBench } from '../support/sync-bench.ts'
import { urgentOnly } from '../support/wanted.ts'

const failing = hookJobYaml({ name: 'migrate', annotations: preSync, testPod: 'exit-code-1' })

const neverReadyPod = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'slow', labels: { 'landfall.dev/test-pod': 'never-ready' } },
  spec: { containers: [{ name: 'a', image: 'a' }] },
})

test('hooks after the rollout', async (t) => {
  const after = hookJobYaml({ name: 'smoke', annotations: postSync })
  const onFailure = hookJobYaml({
    name: 'alarm',
    annotations: { 'landfall.dev/hook': 'sync-fail' },
  })

  await t.test('those of success run when all is healthy, those of failure do not', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit({
      'app/a.yaml': configMapYaml('a'),
      'app/after.yaml': after,
      'app/fail.yaml': onFailure,
    })

    const made = await madeIn(bench, () => bench.sync('push'))

    t.strictSame(made, ['a', 'smoke'])
    t.ok((await bench.sync('sweep')).quiet)
  })

  await t.test('a failure after the rollout fails the sync, which stays Synced', async (t) => {
    const bench = await syncBench(t)
    const smoke = hookJobYaml({ name: 'smoke', annotations: postSync, testPod: 'exit-code-1' })
    await bench.repository.commit({ 'app/a.yaml': configMapYaml('a'), 'app/after.yaml': smoke })

    const { record, status } = await bench.sync('push')

    t.match(record, { phase: 'Failed', failure: { code: 'POST_SYNC_FAILED' } }, record.message)
    t.equal(status.syncStatus, 'Synced')
    const uid = await uidOf(bench, 'job/smoke')
    await bench.sync('sweep')
    t.equal(await uidOf(bench, 'job/smoke'), uid, 'a sweep does not run it again')
    await bench.sync('manual')
    t.not(await uidOf(bench, 'job/smoke'), uid, 'a person who asks for a sync does')
  })

  await t.test('those of failure run when a hook before the rollout has failed', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit({
      'app/job.yaml': failing,
      'app/after.yaml': after,
      'app/fail.yaml': onFailure,
    })

    const { record } = await bench.sync('push')

    t.equal(record.failure?.code, 'PRE_SYNC_FAILED')
    t.equal(await namesOf(bench, 'job'), 'alarm migrate')
  })

  await t.test('those of failure have time when the rollout has taken all of it', async (t) => {
    const bench = await syncBench(t, { sync: { timeoutMs: 1_500 } as never })
    await bench.repository.commit({
      'app/pod.yaml': neverReadyPod,
      'app/fail.yaml': onFailure,
    })

    const { record } = await bench.sync('push')

    t.equal(record.failure?.code, 'HEALTH_TIMEOUT', record.message)
    t.match(record.changes, [{}, { ref: { name: 'alarm' }, action: 'created' }])
  })
})

test('the identity of a run', async (t) => {
  await t.test(
    'a generated name bears the id of its sync, and the last run is deleted',
    async (t) => {
      const bench = await syncBench(t)
      const job = hookJobYaml({
        generateName: 'migrate-',
        annotations: { 'argocd.argoproj.io/hook': 'PreSync' },
      })
      await bench.repository.commit({ 'app/a.yaml': configMapYaml('a'), 'app/job.yaml': job })
      await bench.sync('push', { id: 'a'.repeat(32) })
      t.equal(await namesOf(bench, 'job'), 'migrate-aaaaaaaa')
      await bench.repository.commit({ 'app/a.yaml': configMapYaml('a', { a: '2' }) })

      const { record } = await bench.sync('push', { id: 'b'.repeat(32) })

      t.equal(record.phase, 'Succeeded', record.message)
      t.equal(await namesOf(bench, 'job'), 'migrate-bbbbbbbb')
    },
  )

  await t.test('what is asked to go goes: after success, or after failure', async (t) => {
    const bench = await syncBench(t)
    const gone = {
      'argocd.argoproj.io/hook': 'PreSync',
      'argocd.argoproj.io/hook-delete-policy': 'HookSucceeded',
    }
    await bench.repository.commit({
      'app/a.yaml': configMapYaml('a'),
      'app/job.yaml': hookJobYaml({ name: 'migrate', annotations: gone }),
      'app/after.yaml': hookJobYaml({
        name: 'smoke',
        annotations: { ...postSync, 'landfall.dev/hook-delete': 'failed' },
        testPod: 'exit-code-1',
      }),
    })

    const { record } = await bench.sync('push')

    t.match(record.message, /smoke failed; its log ends: /)
    t.equal(await namesOf(bench, 'job'), '')
  })

  await t.test(
    'a migration that a killed worker began is waited for, not begun twice',
    async (t) => {
      const bench = await syncBench(t)
      const held = hookJobYaml({ name: 'migrate', annotations: preSync, testPod: 'never-ready' })
      await bench.repository.commit({ 'app/a.yaml': configMapYaml('a'), 'app/job.yaml': held })
      const killed = new AbortController()
      const first = bench.sync('push', { signal: killed.signal })
      await bench.kubectl('wait', '--for=create', '--timeout=30s', 'job/migrate')
      killed.abort()
      await first
      const uid = await uidOf(bench, 'job/migrate')
      const second = bench.sync('push')
      await completeJob(bench)

      const { record } = await second

      t.equal(record.phase, 'Succeeded', record.message)
      t.equal(await uidOf(bench, 'job/migrate'), uid)
    },
  )
})

test('a hook and what comes meanwhile', async (t) => {
  await t.test('a newer commit waits for the end of a migration that has begun', async (t) => {
    const bench = await syncBench(t)
    const held = hookJobYaml({ name: 'migrate', annotations: preSync, testPod: 'never-ready' })
    await bench.repository.commit({ 'app/a.yaml': configMapYaml('a'), 'app/job.yaml': held })
    const wanted = new AbortController()
    const syncing = bench.sync('push', { wantedAgain: urgentOnly(wanted.signal) })
    await bench.kubectl('wait', '--for=create', '--timeout=30s', 'job/migrate')
    await bench.repository.commit({ 'app/a.yaml': configMapYaml('a', { a: '2' }) })

    wanted.abort()
    await completeJob(bench)
    const { record } = await syncing

    t.match(record.changes, [
      { ref: { name: 'a' } },
      { ref: { name: 'migrate' }, action: 'created' },
    ])
  })

  await t.test('what a killed worker had migrated is not migrated again', async (t) => {
    const bench = await syncBench(t)
    const slow = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } }
    const template = {
      metadata: { labels: { app: 'web', 'landfall.dev/test-pod': 'never-ready' } },
      spec: { containers: [{ name: 'a', image: 'a' }] },
    }
    const spec = { selector: { matchLabels: { app: 'web' } }, template }
    const gone = { ...preSync, 'landfall.dev/hook-delete': 'succeeded' }
    await bench.repository.commit({
      'app/web.yaml': JSON.stringify({ ...slow, spec }),
      'app/a.yaml': configMapYaml('a').replace(
        'name: a',
        'name: a\n  annotations: {landfall.dev/wave: "1"}',
      ),
      'app/job.yaml': hookJobYaml({ name: 'migrate', annotations: gone }),
    })
    const killed = new AbortController()
    const first = bench.sync('push', { signal: killed.signal })
    await bench.kubectl('wait', '--for=create', '--timeout=30s', 'deploy/web')
    killed.abort()
    await first
    await bench.kubectl('scale', 'deploy/web', '--replicas=0')
    let phase: string | undefined

    const made = await madeIn(bench, async () => {
      phase = (await bench.sync('push')).record.phase
    })

    t.equal(phase, 'Succeeded')
    t.notOk(made.includes('migrate'), made.join())
    t.ok(made.includes('a'), made.join())
  })

  await t.test('another try of a commit repeats no migration, unless a person asks', async (t) => {
    const bench = await syncBench(t, { sync: { timeoutMs: 2_000 } as never })
    await bench.repository.commit({
      'app/pod.yaml': neverReadyPod,
      'app/a.yaml': configMapYaml('a').replace(
        'name: a',
        'name: a\n  annotations: {landfall.dev/wave: "1"}',
      ),
      'app/job.yaml': hookJobYaml({ name: 'migrate', annotations: preSync }),
    })
    t.equal((await bench.sync('push')).record.failure?.code, 'HEALTH_TIMEOUT')
    const uid = await uidOf(bench, 'job/migrate')

    await bench.sync('push')
    t.equal(await uidOf(bench, 'job/migrate'), uid)
    await bench.sync('manual')
    t.not(await uidOf(bench, 'job/migrate'), uid)
  })

  await t.test('E5: a log shows nothing that a Secret of the application holds', async (t) => {
    const bench = await syncBench(t)
    const data = { password: Buffer.from('this is the last line').toString('base64') }
    const metadata = { name: 'db' }
    await bench.repository.commit({
      'app/db.yaml': JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata, data }),
      'app/job.yaml': failing,
    })

    const { record } = await bench.sync('push')

    t.match(record.message, /its log ends: .*kwok plays the node \| \[redacted\]; /)
    t.notMatch(JSON.stringify(record), 'this is the last line')
  })
})
