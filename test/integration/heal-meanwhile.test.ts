import { test } from 'tap'
import { stringify } from 'yaml'
import { configMapFiles } from '../support/manifests.ts'
import { workload } from '../support/rollout.ts'
import { syncBench } from '../support/sync-bench.ts'
import { until } from '../support/until.ts'
import { driftOnce } from '../support/wanted.ts'

test('what drifts while a rollout is waited for is healed at once', async (t) => {
  const bench = await syncBench(t)
  const { sync } = bench.application
  const short = bench.beside('app', { sync: { ...sync, timeoutMs: 12_000 } })
  const drift = new AbortController()
  const web = workload('Deployment', 'never-ready')
  await bench.repository.commit({ ...configMapFiles(2), 'app/web.yaml': stringify(web) })
  const names = () => bench.kubectl('get', 'configmap', '-o', 'name')
  let ended = false

  const syncing = short.sync('push', {
    wantedAgain: driftOnce(drift.signal),
    drifted: async () => [`/ConfigMap/${bench.namespace}/c1`],
  })
  void syncing.finally(() => {
    ended = true
  })
  await bench.kubectl('wait', '--for=create', '--timeout=30s', 'deploy/web')
  await until('it is written', async () => (await names()).includes('/c1'))
  await bench.kubectl('delete', 'configmap/c1')
  drift.abort()
  await until('it is there again', async () => (await names()).includes('/c1'))

  t.notOk(ended, 'the rollout is waited for still')
  const { record, status } = await syncing
  t.match(record, { failure: { code: 'HEALTH_TIMEOUT' }, counts: { created: 3 } }, record.message)
  t.match(record.drift, [{ type: 'missing', healed: true, ref: { name: 'c1' } }])
  t.match(status.objects, [{ name: 'c0' }, { name: 'c1', health: 'Healthy' }, { name: 'web' }])
})
