import { test } from 'tap'
import type { AuditEvent } from '../support/audit-trail.ts'
import { controlPlane } from '../support/control-plane.ts'
import { configMapFiles } from '../support/manifests.ts'
import { syncBench } from '../support/sync-bench.ts'

/** By Landfall and about this test's application: other tests use the same server meanwhile. */
const isOf = (namespace: string) => (event: AuditEvent) =>
  event.userAgent?.startsWith('landfall/') === true &&
  (event.objectRef?.namespace === namespace || event.objectRef?.name === `landfall-${namespace}`)
const isWrite = ({ verb, requestURI }: AuditEvent): boolean =>
  ['create', 'update', 'patch', 'delete'].includes(verb) && !requestURI.includes('dryRun=')

test('what a sync asks of the apiserver', async (t) => {
  await t.test(
    'a warm push of k changed objects takes at most 2k+4 requests to the last apply',
    async (t) => {
      const changed = 10
      const bench = await syncBench(t)
      await bench.repository.commit(configMapFiles(30))
      await bench.sync('push')
      await bench.repository.commit(configMapFiles(changed, { a: '2' }))
      const trail = await (await controlPlane()).audit()

      const { record } = await bench.sync('push')

      const events = (await trail.events()).filter(isOf(bench.namespace))
      const last = events.findLastIndex((event) => isWrite(event) && event.verb === 'patch')
      t.equal(record.counts.configured, changed, record.message)
      t.ok(last >= 2 * changed, `${last} requests were seen`)
      t.ok(last + 1 <= 2 * changed + 4, `${last + 1} requests`)
    },
  )

  await t.test('a sweep with nothing to do writes nothing and lists each kind once', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit(configMapFiles(5))
    await bench.sync('push')
    const trail = await (await controlPlane()).audit()

    await bench.sync('sweep')

    const events = (await trail.events()).filter(isOf(bench.namespace))
    t.strictSame(events.filter(isWrite), [])
    t.strictSame(
      events.map(({ verb, objectRef }) => `${verb} ${objectRef?.resource}`),
      ['get configmaps', 'list configmaps'],
    )
  })

  await t.test(
    'a drift job reads, of thirty objects, the one that is said to have drifted',
    async (t) => {
      const bench = await syncBench(t)
      await bench.repository.commit(configMapFiles(30))
      await bench.sync('push')
      const suspects = [`/ConfigMap/${bench.namespace}/c7`]
      await bench.kubectl('patch', 'cm', 'c7', '-p', '{"data":{"a":"other"}}')
      const trail = await (await controlPlane()).audit()

      const { record, status } = await bench.sync('drift', { suspects })

      const events = (await trail.events()).filter(isOf(bench.namespace))
      const about = (name: string) => events.filter(({ objectRef }) => objectRef?.name === name)
      t.match(record, { drift: [{ ref: { name: 'c7' }, healed: true }] })
      t.strictSame(
        about('c7').map(({ verb }) => verb),
        ['get', 'patch'],
        'one read and one guarded write',
      )
      t.strictSame(
        events.filter(({ verb }) => verb === 'list'),
        [],
      )
      t.equal(status.objects.length, 30)
      t.equal(await bench.kubectl('get', 'cm', 'c7', '-o', 'jsonpath={.data.a}'), '1')
    },
  )

  await t.test('a sweep of what is watched asks nothing', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit(configMapFiles(5))
    await bench.sync('push')
    await bench.sync('sweep')
    const { resourceVersion = '' } = await bench.cluster.inventory.read(bench.application.name)
    const watched = { inventory: resourceVersion, suspects: [], isWell: true }
    const trail = await (await controlPlane()).audit()

    const { record, quiet, status } = await bench.sync('sweep', { watched })

    t.strictSame((await trail.events()).filter(isOf(bench.namespace)), [])
    t.match({ phase: record.phase, quiet }, { phase: 'Succeeded', quiet: true })
    t.match(status, { syncStatus: 'Synced', health: 'Healthy' })
    t.equal(status.objects.length, 5)
  })
})
