import { test } from 'tap'
import { stringify } from 'yaml'
import { workload } from '../support/rollout.ts'
import { type SyncBench, syncBench } from '../support/sync-bench.ts'

const flux = 'kustomize.toolkit.fluxcd.io'
const directives: readonly (readonly [name: string, annotations: Record<string, string>])[] = [
  ['ignore', { 'landfall.dev/sync': 'ignore' }],
  ['if-not-present', { 'landfall.dev/sync': 'if-not-present' }],
  ['flux-ignore', { [`${flux}/ssa`]: 'Ignore' }],
  ['flux-if-not-present', { [`${flux}/ssa`]: 'IfNotPresent' }],
  ['flux-disabled', { [`${flux}/reconcile`]: 'disabled' }],
]

function deployment(name: string, annotations: Record<string, string> = {}): string {
  const labels = { app: name }
  const containers = [{ name: 'agent', image: 'registry.example/web:1' }]
  const { metadata, ...rest } = workload('Deployment', undefined, {
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers } },
  })
  return stringify({ ...rest, metadata: { ...metadata, name, annotations } })
}

async function syncTwice(bench: SyncBench) {
  const pushed = await bench.sync('push')
  const swept = await bench.sync('sweep')
  return { pushed, swept }
}

async function makeByHand(bench: SyncBench, name: string): Promise<void> {
  await bench.kubectl('create', 'deployment', name, '--image=registry.example/web:1')
  await bench.kubectl('rollout', 'status', `deployment/${name}`, '--timeout=30s')
}

test('a Deployment that somebody else has made', async (t) => {
  for (const [name, annotations] of directives) {
    await t.test(`is not waited for where Git leaves it to them: ${name}`, async (t) => {
      const bench = await syncBench(t)
      await makeByHand(bench, name)
      await bench.repository.commit({
        'app/theirs.yaml': deployment(name, annotations),
        'app/ours.yaml': deployment('ours'),
      })

      const { pushed, swept } = await syncTwice(bench)

      t.equal(pushed.record.phase, 'Succeeded', pushed.record.message)
      for (const { status } of [pushed, swept]) {
        t.match(status, { syncStatus: 'Synced', health: 'Healthy' })
        t.strictSame(
          status.objects.map((object) => object.health),
          ['Healthy', 'Healthy'],
        )
      }
    })
  }
})

test('a Deployment to be created only where it is not present', async (t) => {
  await t.test('is waited for where Landfall has made it', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit({
      'app/once.yaml': deployment('once', { 'landfall.dev/sync': 'if-not-present' }),
    })

    const { pushed } = await syncTwice(bench)

    t.equal(pushed.record.phase, 'Succeeded', pushed.record.message)
    const ready = ['get', 'deployment', 'once', '-o', 'jsonpath={.status.readyReplicas}']
    t.equal(await bench.kubectl(...ready), '1')
  })
})
