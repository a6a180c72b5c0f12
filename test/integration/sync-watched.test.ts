import { test } from 'tap'
import { stringify } from 'yaml'
import type { Sighting, WatchNote } from '../../src/domain/watch-note.ts'
import { ignoredPointers } from '../../src/engine/ignored-field.ts'
import { sight } from '../../src/engine/verdict.ts'
import type { AuditEvent } from '../support/audit-trail.ts'
import { controlPlane } from '../support/control-plane.ts'
import { configMapYaml } from '../support/manifests.ts'
import { web } from '../support/ownership.ts'
import { type SyncBench, syncBench } from '../support/sync-bench.ts'

/** What a watcher tells: the inventory, and of the suspects what it sees. */
async function noteOf(bench: SyncBench, ...suspects: readonly string[]): Promise<WatchNote> {
  const { cluster, application, namespace } = bench
  const { resourceVersion = '' } = await cluster.inventory.read(application.name)
  const seen: Sighting[] = []
  for (const suspect of suspects) {
    const [kind = '', name = ''] = suspect.split('/')
    const group = kind === 'Deployment' ? 'apps' : ''
    const ref = { group, version: 'v1', kind, namespace, name }
    const live = await cluster.own.get(ref)
    if (live === undefined) throw new Error(`${suspect} is gone`)
    seen.push(sight(live, ignoredPointers(application.ignore, ref), application.managers))
  }
  return { inventory: resourceVersion, suspects: seen, isWell: true }
}

async function askedBy(bench: SyncBench, watched: WatchNote): Promise<readonly string[]> {
  const trail = await (await controlPlane()).audit()
  await bench.sync('sweep', { watched })
  const isOurs = ({ userAgent, objectRef }: AuditEvent) =>
    userAgent?.startsWith('landfall/') === true && objectRef?.namespace === bench.namespace
  const events = (await trail.events()).filter(isOurs)
  return events.map(({ verb, objectRef }) => `${verb} ${objectRef?.resource}`)
}

test('a sweep of what is watched asks nothing', async (t) => {
  await t.test('of a field that a rule ignores and somebody set', async (t) => {
    const ignore = { group: undefined, namespace: undefined, kind: 'Deployment', name: '*' }
    const bench = await syncBench(t, { ignore: [{ ...ignore, fields: ['/spec/replicas'] }] })
    await bench.repository.commit({ 'app/web.yaml': stringify(web(bench.namespace)) })
    await bench.sync('push')
    await bench.kubectl('scale', 'deploy/web', '--replicas=1')
    t.match((await bench.sync('sweep')).record, { drift: [], allowed: [{ reason: 'ignored' }] })

    t.strictSame(await askedBy(bench, await noteOf(bench, 'Deployment/web')), [])
  })

  await t.test('of an object that is left alone once it is there', async (t) => {
    const bench = await syncBench(t)
    const once = 'metadata:\n  annotations: {landfall.dev/sync: if-not-present}'
    const text = configMapYaml('settings').replace('metadata:', once)
    await bench.repository.commit({ 'app/settings.yaml': text })
    await bench.sync('push')
    await bench.kubectl('patch', 'cm/settings', '-p', '{"data":{"a":"other","b":"more"}}')
    t.match((await bench.sync('sweep')).record, { phase: 'Succeeded', drift: [] })

    t.strictSame(await askedBy(bench, await noteOf(bench, 'ConfigMap/settings')), [])
  })
})

test('a sweep of what is watched asks for the autoscaler that it left replicas to', async (t) => {
  const bench = await syncBench(t)
  const commit = (image: string) => {
    const object = web(bench.namespace)
    const text = stringify({ ...object, spec: { ...(object['spec'] as object), replicas: 1 } })
    return bench.repository.commit({ 'app/web.yaml': text.replace('web:1', image) })
  }
  await commit('web:1')
  await bench.sync('push')
  await bench.kubectl('autoscale', 'deploy/web', '--min=2', '--max=4', '--cpu=50%')
  const replicas = (count: number) => `--for=jsonpath={.spec.replicas}=${count}`
  await bench.kubectl('wait', 'deploy/web', replicas(2), '--timeout=60s')
  await bench.sync('sweep')
  await commit('web:2')
  await bench.sync('push')

  await t.test('once, and leaves them as long as it is there', async (t) => {
    const asked = await askedBy(bench, await noteOf(bench))

    t.strictSame(asked, ['list horizontalpodautoscalers'])
  })

  await t.test('and sets what Git says when it is gone', async (t) => {
    await bench.kubectl('delete', 'hpa', 'web')

    const { record } = await bench.sync('sweep', { watched: await noteOf(bench) })

    t.match(record.drift, [{ healed: true, fields: [{ path: '/spec/replicas', desired: 1 }] }])
    t.strictSame(record.allowed, [])
    t.strictSame(await askedBy(bench, await noteOf(bench)), [])
  })
})
