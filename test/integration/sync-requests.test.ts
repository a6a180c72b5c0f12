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
})
