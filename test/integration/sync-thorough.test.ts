import { type Test, test } from 'tap'
import { stringify } from 'yaml'
import { lookEveryMs } from '../../src/domain/sweep.ts'
import { partOfLabel } from '../../src/engine/place-objects.ts'
import type { AuditEvent } from '../support/audit-trail.ts'
import { controlPlane } from '../support/control-plane.ts'
import { configMapFiles } from '../support/manifests.ts'
import { startMutatingWebhook } from '../support/mutating-webhook.ts'
import { web } from '../support/ownership.ts'
import { type SyncBench, syncBench } from '../support/sync-bench.ts'

/** A Deployment, and what somebody then applied in Landfall's name: the same fields, another label. */
async function disguised(t: Test): Promise<SyncBench> {
  const bench = await syncBench(t)
  const { application, cluster, namespace } = bench
  const object = web(namespace)
  await bench.repository.commit({ 'app/web.yaml': stringify(object) })
  await bench.sync('push')
  const labels = { team: 'blue', [partOfLabel]: cluster.inventory.partOf(application.name) }
  await cluster.own.apply({ ...object, metadata: { ...object.metadata, labels } })
  return bench
}

const teamOf = (bench: SyncBench) =>
  bench.kubectl('get', 'deploy/web', '-o', 'jsonpath={.metadata.labels.team}')

const healed = [
  { healed: true, fields: [{ path: '/metadata/labels/team', desired: 'a', live: 'blue' }] },
]

test('a change that leaves no trace in metadata', async (t) => {
  await t.test('is healed when a person asks for a sync', async (t) => {
    const bench = await disguised(t)
    t.strictSame((await bench.sync('sweep')).record.drift, [], 'a sweep does not see it')

    t.match((await bench.sync('manual')).record.drift, healed)
    t.equal(await teamOf(bench), 'a')
  })

  await t.test('is healed by a sweep once an hour', async (t) => {
    const bench = await disguised(t)
    t.strictSame((await bench.sync('sweep')).record.drift, [])
    bench.pass(lookEveryMs(bench.application.name))

    t.match((await bench.sync('sweep')).record.drift, healed)
    t.strictSame((await bench.sync('sweep')).record.drift, [])
  })

  await t.test('is healed by then where all seems well to the watcher, too', async (t) => {
    const bench = await disguised(t)
    await bench.sync('sweep')
    const { resourceVersion = '' } = await bench.cluster.inventory.read(bench.application.name)
    const watched = { inventory: resourceVersion, suspects: [], isWell: true }
    t.strictSame((await bench.sync('sweep', { watched })).record.drift, [])
    bench.pass(lookEveryMs(bench.application.name))

    t.match((await bench.sync('sweep', { watched })).record.drift, healed)
  })
})

test('a thorough look', async (t) => {
  await t.test('costs a dry-run for each object, and comes once an hour', async (t) => {
    const bench = await syncBench(t)
    await bench.repository.commit(configMapFiles(5))
    await bench.sync('push')
    await bench.sync('sweep')
    const asked = async () => {
      const trail = await (await controlPlane()).audit()
      await bench.sync('sweep')
      const isOurs = ({ userAgent, objectRef }: AuditEvent) =>
        userAgent?.startsWith('landfall/') === true && objectRef?.namespace === bench.namespace
      const events = (await trail.events()).filter(isOurs)
      return events.map(({ verb, requestURI }) =>
        requestURI.includes('dryRun=') ? `dry-run ${verb}` : verb,
      )
    }
    bench.pass(lookEveryMs(bench.application.name))

    t.strictSame(await asked(), ['list', ...Array.from({ length: 5 }, () => 'dry-run patch')])
    t.strictSame(await asked(), ['list'])
  })

  await t.test('minds nothing that a webhook would add and Git does not declare', async (t) => {
    const bench = await syncBench(t)
    const object = web(bench.namespace)
    await bench.repository.commit({ 'app/web.yaml': stringify(object) })
    await bench.sync('push')
    const plane = await controlPlane()
    const configuration = (await startMutatingWebhook(t)).configuration(bench.namespace)
    await plane.kubectl(['create', '-f', '-'], JSON.stringify(configuration))
    const name = `mutatingwebhookconfiguration/stamp-${bench.namespace}`
    t.teardown(() => plane.kubectl(['delete', name]))

    const { record } = await bench.sync('manual')

    t.match(record, { phase: 'Succeeded', drift: [], counts: { unchanged: 1 } })
    const annotations = ['get', 'deploy/web', '-o', 'jsonpath={.metadata.annotations}']
    t.notMatch(await bench.kubectl(...annotations), 'stamped', 'and nothing was written')
  })
})
