import { test } from 'tap'
import { stringify } from 'yaml'
import { workload } from '../support/rollout.ts'
import { syncBench } from '../support/sync-bench.ts'

test('what the configuration says of health', async (t) => {
  await t.test('sync.failAfter decides when a rollout has failed', async (t) => {
    const { sync } = (await syncBench(t)).application
    const bench = await syncBench(t, { sync: { ...sync, failAfter: { imagePullMs: 1_000 } } })
    await bench.repository.commit({
      'app/web.yaml': stringify(workload('Deployment', 'image-pull-error')),
    })

    const { record } = await bench.sync('push')

    t.match(record, { phase: 'Failed', failure: { code: 'HEALTH_DEGRADED' } })
    t.match(record.message, /^Deployment .*\/web: pod web-.*: ImagePullBackOff/)
  })

  await t.test('a health rule decides whether a sync succeeds', async (t) => {
    const rule = {
      group: '',
      kind: 'ConfigMap',
      healthy: 'self.data.state == "ready"',
      failed: 'self.data.state == "broken"',
      progressing: undefined,
    }
    const bench = await syncBench(t, { health: [rule] })
    const commit = (state: string) =>
      bench.repository.commit({
        'app/config.yaml': stringify({
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'config' },
          data: { state },
        }),
      })
    await commit('ready')
    t.match((await bench.sync('push')).record, { phase: 'Succeeded', health: 'Healthy' })

    await commit('broken')
    const { record } = await bench.sync('push')

    t.match(record, { phase: 'Failed', health: 'Degraded', failure: { code: 'HEALTH_DEGRADED' } })
    t.match(record.message, /ConfigMap .*\/config: failed, by "failed" of the health rule/)
  })
})
