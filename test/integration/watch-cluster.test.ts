import { type Test, test } from 'tap'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { systemClock } from '../../src/domain/clock.ts'
import type { KubeObject } from '../../src/domain/kube-object.ts'
import type { WatchNote } from '../../src/domain/watch-note.ts'
import { defaultHealthThresholds } from '../../src/engine/health/thresholds.ts'
import { systemTimers, type Timers } from '../../src/engine/timers.ts'
import { watchCluster } from '../../src/engine/watch/watch-cluster.ts'
import { configMapFiles, widgetCrd } from '../support/manifests.ts'
import { type SyncBench, syncBench } from '../support/sync-bench.ts'
import { until } from '../support/until.ts'

interface Watching {
  readonly woken: Set<string>
  readonly troubles: string[]
  readonly strangers: Set<string>
  note(): WatchNote | undefined
}

/** Watches what the bench has deployed, until the test ends. */
function watch(
  t: Test,
  { application }: SyncBench,
  cluster: Cluster,
  timers: Timers = systemTimers,
): Watching {
  const woken = new Set<string>()
  const troubles: string[] = []
  const strangers = new Set<string>()
  let note: WatchNote | undefined
  const stop = new AbortController()
  const watching = watchCluster(
    {
      cluster,
      applications: [application],
      clock: systemClock,
      timers,
      thresholds: defaultHealthThresholds,
      onWake: (_name, key) => woken.add(key),
      onNote: (_name, told) => {
        note = told
      },
      onStrangers(names) {
        strangers.clear()
        for (const name of names) strangers.add(name)
      },
      onTrouble: (what, error) => troubles.push(`${what}: ${error.code}`),
    },
    stop.signal,
  )
  t.teardown(async () => {
    stop.abort()
    await watching
  })
  return { woken, troubles, strangers, note: () => note }
}

const secret = `apiVersion: v1
kind: Secret
metadata: { name: hidden }
stringData: { password: correct-horse-battery }
`

// Counts generations, so that no change of its status is a reason to look for drift.
const ingress = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: front }
spec: { defaultBackend: { service: { name: front, port: { number: 80 } } } }
`

const removal = (path: string) => JSON.stringify([{ op: 'remove', path }])

test('watching a cluster', async (t) => {
  await t.test('tells of an inventory of no application that is watched', async (t) => {
    const bench = await syncBench(t)
    const other = bench.beside('other')
    await bench.repository.commit({
      ...configMapFiles(1),
      'other/own.yaml': configMapFiles(1)['app/c0.yaml'] ?? '',
    })
    await bench.sync('push')
    const { strangers } = watch(t, bench, bench.cluster)
    await other.sync('push')

    await until('it is seen', () => strangers.has(other.application.name))
    t.notOk(strangers.has(bench.application.name))
    const inventory = ['configmap', `landfall-${other.application.name}`]
    await bench.kubectl('delete', ...inventory, '--namespace=landfall-system')
    await until('it is gone', () => !strangers.has(other.application.name))
  })

  await t.test('E6: no content of a Secret or ConfigMap reaches the watcher', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit({ ...configMapFiles(1), 'app/secret.yaml': secret })
    await bench.sync('push')
    const seen: KubeObject[] = []
    const { own } = bench.cluster
    const spied: Cluster = {
      ...bench.cluster,
      own: {
        ...own,
        async list(query) {
          const list = await own.list(query)
          if (query.namespace !== 'landfall-system') seen.push(...list.items)
          return list
        },
        async *watch(query, options) {
          for await (const event of own.watch(query, options)) {
            if ('object' in event && query.namespace !== 'landfall-system') seen.push(event.object)
            yield event
          }
        },
      },
    }
    const watching = watch(t, bench, spied)
    await until('all is known', () => watching.note() !== undefined)
    await bench.kubectl('patch', 'secret', 'hidden', '-p', '{"stringData":{"password":"other"}}')
    await until('it wakes', () => watching.woken.has(`/Secret/${bench.namespace}/hidden`))

    t.ok(seen.length > 2)
    t.strictSame(
      seen.filter((object) => 'data' in object),
      [],
    )
    t.notMatch(JSON.stringify(seen), /correct-horse|b3RoZXI|Y29ycmVjdC/)
  })

  await t.test('a kind that may not be watched is told, and the others are watched', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit({ ...configMapFiles(1), 'app/secret.yaml': secret })
    await bench.sync('push')
    const rules = { verb: 'get,list,watch', resource: 'configmaps' }
    const as = `--serviceaccount=${bench.namespace}:watcher`
    await bench.kubectl('create', 'serviceaccount', 'watcher')
    await bench.kubectl(
      'create',
      'role',
      'watcher',
      `--verb=${rules.verb}`,
      `--resource=${rules.resource}`,
    )
    await bench.kubectl('create', 'rolebinding', 'watcher', '--role=watcher', as)
    const limited = bench.cluster.as({ namespace: bench.namespace, name: 'watcher' })
    // The inventories are its own account's; only what is deployed is limited here.
    const own: Cluster['own'] = {
      ...bench.cluster.own,
      list: (query) =>
        (query.namespace === 'landfall-system' ? bench.cluster.own : limited).list(query),
      watch: (query, options) =>
        (query.namespace === 'landfall-system' ? bench.cluster.own : limited).watch(query, options),
    }
    const watching = watch(t, bench, { ...bench.cluster, own })
    await until('it is told', () => watching.troubles.some((text) => text.startsWith('Secret')))
    await bench.kubectl('patch', 'cm', 'c0', '-p', '{"data":{"a":"other"}}')
    await until('it wakes', () => watching.woken.has(`/ConfigMap/${bench.namespace}/c0`))

    t.match(watching.troubles.join(), `Secret ${bench.namespace}: CLUSTER_FORBIDDEN`)
    t.equal(watching.note(), undefined, 'nothing is certain of this application')
  })

  await t.test('a label of ours that is taken off by hand wakes', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit(configMapFiles(1))
    await bench.sync('push')
    const watching = watch(t, bench, bench.cluster)
    await until('all is known', () => watching.note() !== undefined)
    await bench.kubectl('label', 'cm', 'c0', 'applyset.kubernetes.io/part-of-')
    await until('it wakes', () => watching.woken.has(`/ConfigMap/${bench.namespace}/c0`))
    t.pass()
  })

  await t.test('a field that is removed and owned by nobody wakes with no wait', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit(configMapFiles(1, { a: '1', b: '2' }))
    await bench.sync('push')
    const watching = watch(t, bench, bench.cluster, { after: () => () => {} })
    await until('all is known', () => watching.note() !== undefined)
    await bench.kubectl(...'patch cm c0 --type=json'.split(' '), '-p', removal('/data/b'))
    await until('it wakes', () => watching.woken.has(`/ConfigMap/${bench.namespace}/c0`), 10_000)
    t.pass()
  })

  await t.test('a health that turns by a rule of the configuration wakes', async (t) => {
    const isReached = 'size(status.?loadBalancer.?ingress.orValue([])) > 0'
    const rule = { group: 'networking.k8s.io', kind: 'Ingress', progressing: undefined }
    const bench = await syncBench(t, {
      health: [{ ...rule, healthy: 'true', failed: isReached }],
    })
    await bench.repository.commit({ 'app/ingress.yaml': ingress })
    await bench.sync('push')
    const watching = watch(t, bench, bench.cluster)
    await until('all is known', () => watching.note() !== undefined)
    const status = JSON.stringify({ status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } })
    await bench.kubectl('patch', 'ingress', 'front', '--subresource=status', '-p', status)
    await until('it wakes', () => watching.woken.size > 0, 10_000)
    t.strictSame([...watching.woken], [`networking.k8s.io/Ingress/${bench.namespace}/front`])
  })

  await t.test('kinds that come with their first objects are watched soon', async (t) => {
    const bench = await syncBench(t, {
      allow: { namespaces: ['*'], clusterKinds: ['*'], denyKinds: [] },
    })
    await bench.repository.commit(configMapFiles(1))
    await bench.sync('push')
    const watching = watch(t, bench, bench.cluster)
    await until('all is known', () => watching.note() !== undefined)
    const groups = Array.from({ length: 6 }, (_, index) => `g${index}.${bench.namespace}.example`)
    t.teardown(() =>
      bench.kubectl('delete', 'crd', '--wait=false', ...groups.map((group) => `widgets.${group}`)),
    )
    const files = groups.map((group, index) => [
      `app/widget${index}.yaml`,
      `${widgetCrd(group)}---\napiVersion: ${group}/v1\nkind: Widget\nmetadata: {name: one}\n`,
    ])
    await bench.repository.commit({ ...configMapFiles(1), ...Object.fromEntries(files) })
    t.match(await bench.sync('push'), { record: { phase: 'Succeeded' } })
    const { resourceVersion } = await bench.cluster.inventory.read(bench.application.name)
    await until('they are known', () => watching.note()?.inventory === resourceVersion, 30_000)

    t.strictSame([...watching.woken], [], 'none of them was missing')
  })

  await t.test('what a new commit brings is watched from then on', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit(configMapFiles(1))
    await bench.sync('push')
    const watching = watch(t, bench, bench.cluster)
    await until('all is known', () => watching.note() !== undefined)
    await bench.repository.commit({ ...configMapFiles(1), 'app/secret.yaml': secret })
    await bench.sync('push')
    const { resourceVersion } = await bench.cluster.inventory.read(bench.application.name)
    await until('it is known', () => watching.note()?.inventory === resourceVersion)
    await bench.kubectl('delete', 'secret', 'hidden')
    await until('it wakes', () => watching.woken.has(`/Secret/${bench.namespace}/hidden`))

    t.strictSame([...watching.woken], [`/Secret/${bench.namespace}/hidden`], 'and by nothing else')
  })
})
