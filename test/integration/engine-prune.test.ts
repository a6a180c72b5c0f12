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
    const bench = await syncBench(t)
    const common = `kind: Event
metadata: {name: e}
reason: Test
type: Normal
action: Test
reportingInstance: x
eventTime: "2026-01-01T00:00:00.000000Z"
`
    const pod = `{kind: Pod, name: p, namespace: ${bench.namespace}}`
    const core = `apiVersion: v1\n${common}reportingComponent: example.com/x\ninvolvedObject: ${pod}\n`
    const moved = `apiVersion: events.k8s.io/v1\n${common}reportingController: example.com/x\nregarding: ${pod}\n`
    await bench.repository.commit({ ...configMapFiles(13), 'app/e.yaml': core })
    await bench.sync('push')
    const uid = () => bench.kubectl('get', 'event', 'e', '-o', 'jsonpath={.metadata.uid}')
    const before = await uid()
    const gone = Object.keys(configMapFiles(13)).slice(1)
    await bench.repository.commit({
      ...Object.fromEntries(gone.map((file) => [file, null])),
      'app/e.yaml': moved,
    })
    const refused = await bench.sync('push')
    await bench.repository.commit({}, { message: 'prune\n\nLandfall-Allow-Prune: true' })

    // By now it is no longer written under its new group, only kept.
    const { record } = await bench.sync('push')

    t.equal(refused.record.failure?.code, 'PRUNE_REFUSED', refused.record.message)
    t.equal(record.counts.deleted, gone.length, record.message)
    t.equal(await uid(), before)
  })
})
