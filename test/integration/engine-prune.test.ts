import { test } from 'tap'
import { controlPlane } from '../support/control-plane.ts'
import { configMapFiles } from '../support/manifests.ts'
import { syncBench } from '../support/sync-bench.ts'

const crdYaml = (group: string) => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ships.${group}}
spec:
  group: ${group}
  scope: Namespaced
  names: {kind: Ship, plural: ships}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object}}
`

test('pruning at the edges', async (t) => {
  await t.test('an object whose kind is gone from the cluster is gone', async (t) => {
    const plane = await controlPlane()
    const group = `p${process.pid}.example.com`
    const bench = await syncBench(t)
    await plane.kubectl(['apply', '-f', '-'], crdYaml(group))
    await plane.kubectl(['wait', '--for=condition=Established', `crd/ships.${group}`])
    await bench.repository.commit({
      ...configMapFiles(1),
      'app/ship.yaml': `apiVersion: ${group}/v1\nkind: Ship\nmetadata: {name: s}\n`,
    })
    const pushed = await bench.sync('push')
    t.equal(pushed.record.phase, 'Succeeded', pushed.record.message)
    await plane.kubectl(['delete', 'crd', `ships.${group}`])
    await bench.repository.commit({ 'app/ship.yaml': null })

    const { record } = await bench.sync('push')

    t.equal(record.phase, 'Succeeded', record.message)
    t.match(record.changes, [{ action: 'deleted', ref: { kind: 'Ship' } }])
  })

  await t.test('an object that moved to another API group is not deleted', async (t) => {
    const plane = await controlPlane()
    const bench = await syncBench(t)
    const common = 'metadata: {name: e}\nreason: Test\ntype: Normal\n'
    const core = `apiVersion: v1\nkind: Event\n${common}involvedObject: {kind: Pod, name: p, namespace: ${bench.namespace}}\n`
    const events = `apiVersion: events.k8s.io/v1\nkind: Event\n${common}regarding: {kind: Pod, name: p, namespace: ${bench.namespace}}\naction: Test\nreportingController: example.com/x\nreportingInstance: x\neventTime: "2026-01-01T00:00:00.000000Z"\n`
    await bench.repository.commit({ ...configMapFiles(1), 'app/e.yaml': core })
    const first = await bench.sync('push')
    t.equal(first.record.phase, 'Succeeded', first.record.message)
    await bench.kubectl('delete', 'event', 'e')
    await bench.repository.commit({ 'app/e.yaml': events })
    const second = await bench.sync('push')
    t.equal(second.record.phase, 'Succeeded', second.record.message)
    t.equal(await bench.kubectl('get', 'event', 'e', '-o', 'name'), 'event/e')
    t.ok(plane)
  })
})
