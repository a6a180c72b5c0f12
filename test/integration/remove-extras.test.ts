import { test } from 'tap'
import type { ObjectClient } from '../../src/cluster/cluster.ts'
import { removeExtras } from '../../src/engine/remove-extras.ts'
import { benchTarget } from '../support/bench-target.ts'
import { exampleFiles } from '../support/example-files.ts'
import { syncBench } from '../support/sync-bench.ts'

const ref = { group: 'apps', version: 'v1', kind: 'Deployment', name: 'task-agent' }

test('an added env var of a Deployment whose status is written again and again', async (t) => {
  const bench = await syncBench(t)
  await bench.repository.commit(await exampleFiles('task-agent/plain'))
  await bench.sync('push')
  await bench.kubectl('set', 'env', 'deployment/task-agent', 'DEBUG=true')
  const deployment = { ...ref, namespace: bench.namespace }
  const { own } = bench.cluster
  let writes = 0
  // As its controller does while it rolls out: a write between each look and the removal.
  const client: ObjectClient = {
    ...own,
    patchJson: async (ref, patch) => {
      if (writes < 7) {
        writes += 1
        const status = JSON.stringify({ status: { observedGeneration: writes + 100 } })
        const how = ['--subresource=status', '--type=merge', '-p', status]
        await bench.kubectl('patch', 'deployment/task-agent', ...how)
      }
      return own.patchJson(ref, patch)
    },
  }
  const live = await own.get(deployment)
  if (live === undefined) throw new Error('task-agent was not made')

  const { removed } = await removeExtras(benchTarget(bench, bench, client), deployment, live, [])

  t.match(removed, [{ pointer: '/spec/template/spec/containers/0/env' }])
  t.notMatch(await bench.kubectl('get', 'deploy/task-agent', '-o', 'jsonpath={..env}'), 'DEBUG')
})
