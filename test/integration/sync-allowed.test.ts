import { test } from 'tap'
import { stringify } from 'yaml'
import { configMapYaml } from '../support/manifests.ts'
import { web } from '../support/ownership.ts'
import { syncBench } from '../support/sync-bench.ts'

test('differences that are allowed', async (t) => {
  const anywhere = { group: undefined, namespace: undefined, name: '*' }
  const bench = await syncBench(t, {
    ignore: [{ ...anywhere, kind: 'ConfigMap', fields: ['/data/a'] }],
  })
  const commit = (image: string) => {
    const text = stringify(web(bench.namespace)).replace(/image: .*/, `image: ${image}`)
    return bench.repository.commit({
      'app/web.yaml': text,
      'app/settings.yaml': configMapYaml('settings'),
    })
  }
  await commit('web:1')
  t.strictSame((await bench.sync('push')).record.allowed, [])
  const scale = ['patch', 'deploy/web', '--subresource=scale', '--field-manager=our-scaler']
  await bench.kubectl(...scale, '--patch={"spec":{"replicas":7}}')
  await bench.kubectl('patch', 'cm/settings', '--patch={"data":{"a":"by hand"}}')
  await bench.kubectl('annotate', 'deploy/web', 'team=x', '--field-manager=injector')
  const expected = [
    {
      path: '/spec/replicas',
      reason: 'scaled',
      owner: { manager: 'our-scaler' },
      live: 7,
    },
    { path: '/metadata/annotations/team', reason: 'controller', owner: { manager: 'injector' } },
    {
      path: '/data/a',
      reason: 'ignored',
      owner: { manager: 'kubectl-patch' },
      desired: '1',
      live: 'by hand',
    },
  ]
  const byPath = (all: readonly { readonly path: string }[] = []) =>
    all.toSorted((a, b) => b.path.localeCompare(a.path))
  const sorted = byPath(expected)

  await t.test('are told with who owns them, and are no drift', async (t) => {
    const { record, status, quiet } = await bench.sync('sweep')

    t.match(byPath(record.allowed), sorted)
    t.match(byPath(status.allowed), sorted)
    t.equal(record.allowed?.length, sorted.length)
    t.strictSame(record.drift, [])
    t.equal(status.syncStatus, 'Synced')
    t.equal(quiet, false, 'that is news')
  })

  await t.test('are no news at the next look, nor after a restart', async (t) => {
    bench.restart()
    const { status, quiet } = await bench.sync('sweep')

    t.equal(quiet, true)
    t.match(byPath(status.allowed), sorted)
    const { history } = await bench.cluster.inventory.read(bench.application.name)
    t.match(byPath(history[0]?.allowed), sorted)
  })

  await t.test('are told on by a sync that does not look', async (t) => {
    await commit('web:2')

    const { status } = await bench.sync('push')

    t.match(byPath(status.allowed), sorted)
    t.equal(await bench.kubectl('get', 'deploy/web', '-o', 'jsonpath={.spec.replicas}'), '7')
  })

  await t.test('are told no more when they are gone', async (t) => {
    await bench.kubectl('annotate', 'deploy/web', 'team-', '--field-manager=injector')
    await bench.kubectl('patch', 'cm/settings', '--patch={"data":{"a":"1"}}')

    const { record, quiet } = await bench.sync('sweep')

    t.match(record.allowed, [{ reason: 'scaled' }])
    t.equal(record.allowed?.length, 1)
    t.equal(quiet, false)
  })
})
