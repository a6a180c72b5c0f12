import { type Test, test } from 'tap'
import { applyOne } from '../../src/engine/apply-one.ts'
import { partOfLabel } from '../../src/engine/place-objects.ts'
import type { PlannedWrite } from '../../src/engine/target.ts'
import { benchTarget } from '../support/bench-target.ts'
import { configMapYaml } from '../support/manifests.ts'
import { syncBench } from '../support/sync-bench.ts'

/** A ConfigMap of which `a` is not Git's, and that is to have another `b`. */
async function plannedWrite(t: Test) {
  const rule = { kind: 'ConfigMap', group: '', namespace: undefined, name: 'settings' }
  const bench = await syncBench(t, { ignore: [{ ...rule, fields: ['/data/a'] }] })
  const { application, cluster, namespace } = bench
  await bench.repository.commit({ 'app/s.yaml': configMapYaml('settings', { a: '1', b: '1' }) })
  await bench.sync('push')
  const { entries } = await cluster.inventory.read(application.name)
  const ref = { group: '', version: 'v1', kind: 'ConfigMap', namespace, name: 'settings' }
  const live = await cluster.own.get(ref)
  if (live === undefined) throw new Error('settings was not made')
  const target = benchTarget(bench, bench)
  const metadata = { name: 'settings', namespace, labels: { [partOfLabel]: target.partOf } }
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { a: '1', b: '2' } }
  const planned: PlannedWrite = {
    desired: { ref, object, origin: { file: 'app/s.yaml', line: 1 }, hash: '' },
    reason: 'changed',
    entry: entries[0],
    live,
    predicted: live,
  }
  return { bench, target, planned, uid: live.metadata.uid }
}

const relabel = ['label', '--overwrite', 'configmap/settings', `${partOfLabel}=anothers`] as const
const move = ['patch', 'configmap/settings', '--patch={"data":{"a":"moved"}}'] as const

test('an object that changes between the gate and its write', async (t) => {
  await t.test('keeps what was set meanwhile of a field that is not Git’s', async (t) => {
    const { bench, target, planned } = await plannedWrite(t)
    await bench.kubectl(...move)

    const written = await applyOne(target, planned)

    t.strictSame(written.live?.['data'], { a: 'moved', b: '2' })
    t.equal(written.action, 'configured')
  })

  await t.test('is not taken back from whoever has it now', async (t) => {
    const { bench, target, planned } = await plannedWrite(t)
    await bench.kubectl(...relabel)

    await t.rejects(applyOne(target, planned), { code: 'PLAN_OWNED_BY_OTHER' })

    t.equal(await bench.kubectl('get', 'cm/settings', '-o', 'jsonpath={.data.b}'), '1')
  })

  await t.test('is made again where it was deleted', async (t) => {
    const { bench, target, planned } = await plannedWrite(t)
    await bench.kubectl('delete', 'configmap/settings')

    t.match(await applyOne(target, planned), { action: 'created', live: { data: { b: '2' } } })
  })
})

test('an object that changes between the gate and its being made anew', async (t) => {
  const recreates = 'a field of it cannot be changed'

  await t.test('keeps what was set meanwhile of a field that is not Git’s', async (t) => {
    const { bench, target, planned, uid } = await plannedWrite(t)
    await bench.kubectl(...move)

    const { live } = await applyOne(target, { ...planned, recreates, predicted: undefined })

    t.strictSame(live?.['data'], { a: 'moved', b: '2' })
    t.not(live?.metadata.uid, uid)
  })

  await t.test('is not deleted where it is somebody else’s now', async (t) => {
    const { bench, target, planned, uid } = await plannedWrite(t)
    await bench.kubectl(...relabel)

    await t.rejects(applyOne(target, { ...planned, recreates, predicted: undefined }), {
      code: 'PLAN_OWNED_BY_OTHER',
      text: /has become somebody else's meanwhile/,
      retry: { kind: 'backoff' },
    })

    t.equal(await bench.kubectl('get', 'cm/settings', '-o', 'jsonpath={.metadata.uid}'), uid)
  })
})
