import { test } from 'tap'
import type { ObjectClient } from '../../src/cluster/cluster.ts'
import { partOfLabel } from '../../src/engine/place-objects.ts'
import { pruneObjects } from '../../src/engine/prune-objects.ts'
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

  await t.test('an object that changes after the look is looked at again', async (t) => {
    const bench = await syncBench(t)
    const { application, cluster } = bench
    await bench.repository.commit(configMapFiles(4))
    await bench.sync('push')
    const changes = new Map([
      ['c0', ['annotate', 'landfall.dev/prune=disabled']],
      ['c1', ['label', '--overwrite', `${partOfLabel}=anothers`]],
      ['c2', ['label', 'of-no-account=x']],
    ])
    // As somebody does while other objects are waited for.
    const remove: ObjectClient['remove'] = async (ref, options) => {
      const [verb = '', ...rest] = changes.get(ref.name) ?? []
      changes.delete(ref.name)
      if (verb !== '') await bench.kubectl(verb, 'configmap', ref.name, ...rest)
      return cluster.own.remove(ref, options)
    }
    const { entries } = await cluster.inventory.read(application.name)

    const pruned = await pruneObjects(
      {
        application,
        cluster,
        client: { ...cluster.own, remove },
        own: cluster.own,
        partOf: cluster.inventory.partOf(application.name),
        signal: new AbortController().signal,
      },
      entries,
      { reason: 'no longer in Git', written: new Set() },
    )

    const told = pruned.ended.map(({ ref, message }) => `${ref.name}: ${message}`)
    t.strictSame(told.sort(), [
      'c0: no longer in Git, but kept: an annotation on it forbids pruning',
      'c1: no longer in Git, but kept: it no longer carries our label',
      'c2: no longer in Git',
      'c3: no longer in Git',
    ])
    t.strictSame(pruned.survivors, [])
    const left = await bench.kubectl('get', 'configmaps', '-o', 'name')
    t.match(left, /c0\n.*c1/)
    t.notMatch(left, /\/c[23]/)
  })
})
