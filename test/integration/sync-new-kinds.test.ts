import { test } from 'tap'
import { controlPlane } from '../support/control-plane.ts'
import { type SyncBench, syncBench } from '../support/sync-bench.ts'
import { until } from '../support/until.ts'

const all = { namespaces: ['*'], clusterKinds: ['*'], denyKinds: [] }

interface Crd {
  readonly versions?: readonly string[]
  readonly fields?: readonly string[]
  readonly scope?: 'Namespaced' | 'Cluster'
}

/** Of kind Gadget; the last version is stored. */
function crdYaml(group: string, { versions = ['v1'], fields = ['a'], scope }: Crd = {}): string {
  const properties = Object.fromEntries(fields.map((name) => [name, { type: 'string' }]))
  const openAPIV3Schema = { type: 'object', properties: { spec: { type: 'object', properties } } }
  return `${JSON.stringify({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `gadgets.${group}` },
    spec: {
      group,
      scope: scope ?? 'Namespaced',
      names: { plural: 'gadgets', singular: 'gadget', kind: 'Gadget', listKind: 'GadgetList' },
      versions: versions.map((name) => ({
        name,
        served: true,
        storage: name === versions.at(-1),
        schema: { openAPIV3Schema },
      })),
    },
  })}\n`
}

interface Gadget {
  readonly name?: string
  readonly version?: string
  readonly namespace?: string
  readonly spec?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

function gadgetYaml(group: string, gadget: Gadget = {}): string {
  const { name = 'g', version = 'v1', namespace, spec = { a: '1' }, annotations } = gadget
  return `${JSON.stringify({
    apiVersion: `${group}/${version}`,
    kind: 'Gadget',
    metadata: { name, annotations, namespace },
    spec,
  })}\n`
}

async function benchWithGroup(t: Parameters<typeof syncBench>[0]): Promise<{
  bench: SyncBench
  group: string
  apply(yaml: string): Promise<unknown>
}> {
  const plane = await controlPlane()
  const bench = await syncBench(t, { allow: all })
  const group = `${bench.namespace}.example.com`
  t.teardown(() =>
    plane.kubectl(['delete', 'crd', `gadgets.${group}`, '--ignore-not-found', '--wait=false']),
  )
  return { bench, group, apply: (yaml) => plane.kubectl(['apply', '-f', '-'], yaml) }
}

test('a CRD that changes with its objects', async (t) => {
  await t.test('a new field of both is written in one commit', async (t) => {
    const { bench, group } = await benchWithGroup(t)
    await bench.repository.commit({
      'app/a.yaml': gadgetYaml(group),
      'app/crd.yaml': crdYaml(group),
    })
    t.equal((await bench.sync('push')).record.phase, 'Succeeded')
    await bench.repository.commit({
      'app/a.yaml': gadgetYaml(group, { spec: { a: '1', b: '2' } }),
      'app/crd.yaml': crdYaml(group, { fields: ['a', 'b'] }),
    })

    const { record } = await bench.sync('push')

    t.equal(record.phase, 'Succeeded', record.message)
    t.equal(await bench.kubectl('get', `gadgets.${group}`, 'g', '-o', 'jsonpath={.spec.b}'), '2')
  })

  await t.test('so is a new version of both', async (t) => {
    const { bench, group } = await benchWithGroup(t)
    await bench.repository.commit({
      'app/a.yaml': gadgetYaml(group),
      'app/crd.yaml': crdYaml(group),
    })
    t.equal((await bench.sync('push')).record.phase, 'Succeeded')
    await bench.repository.commit({
      'app/a.yaml': gadgetYaml(group, { version: 'v2', spec: { b: '2' } }),
      'app/crd.yaml': crdYaml(group, { versions: ['v1', 'v2'], fields: ['a', 'b'] }),
    })

    const { record } = await bench.sync('push')

    t.equal(record.phase, 'Succeeded', record.message)
    const spec = await bench.kubectl('get', `gadgets.${group}`, 'g', '-o', 'jsonpath={.spec}')
    t.equal(spec, '{"b":"2"}')
  })

  await t.test(
    'a field that neither has is refused, and nothing written, without it',
    async (t) => {
      const { bench, group } = await benchWithGroup(t)
      await bench.repository.commit({
        'app/a.yaml': gadgetYaml(group),
        'app/crd.yaml': crdYaml(group),
      })
      await bench.sync('push')
      await bench.repository.commit({ 'app/a.yaml': gadgetYaml(group, { spec: { c: '1' } }) })

      const { record } = await bench.sync('push')

      t.equal(record.failure?.code, 'PLAN_REJECTED', record.message)
    },
  )
})

test('a kind that is made elsewhere', async (t) => {
  await t.test('is waited for by what needs it', async (t) => {
    const { bench, group, apply } = await benchWithGroup(t)
    await bench.repository.commit({ 'app/a.yaml': gadgetYaml(group) })

    const early = await bench.sync('push')

    t.equal(early.record.failure?.code, 'PLAN_UNKNOWN_KIND', early.record.message)
    t.match(early.record.message, /install its CRD, which this waits for/)
    t.strictSame(early.retry, { kind: 'backoff' })
    t.equal(early.failedRevision, undefined)
    await apply(crdYaml(group))
    // What the server serves is asked for again once a second at most.
    let sweep = await bench.sync('sweep')
    await until('the kind is known', async () => {
      if (sweep.record.phase !== 'Succeeded') sweep = await bench.sync('sweep')
      return sweep.record.phase === 'Succeeded'
    })
    t.equal(sweep.record.counts.created, 1, sweep.record.message)
  })

  const skip = { 'argocd.argoproj.io/sync-options': 'SkipDryRunOnMissingResource=true' }

  await t.test('in the same sync where the object says so', async (t) => {
    const { bench, group, apply } = await benchWithGroup(t)
    const namespace = bench.namespace
    await bench.repository.commit({
      'app/a.yaml': gadgetYaml(group, { namespace, annotations: skip }),
      'app/b.yaml': gadgetYaml(group, { name: 'h', namespace, annotations: skip }),
      'app/c.yaml': JSON.stringify({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'template' },
      }),
    })

    const syncing = bench.sync('push')
    // As the controller does that reads the template.
    await bench.kubectl('wait', '--for=create', 'cm/template', '--timeout=20s')
    await apply(crdYaml(group))
    const { record } = await syncing

    t.equal(record.phase, 'Succeeded', record.message)
    t.equal(record.counts.created, 3)
  })

  await t.test('is not written in a scope that `allow` was not asked for', async (t) => {
    const { bench, group, apply } = await benchWithGroup(t)
    const { namespace } = bench
    await bench.repository.commit({
      'app/a.yaml': gadgetYaml(group, { namespace, annotations: skip }),
      'app/c.yaml': JSON.stringify({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'template' },
      }),
    })

    const syncing = bench.sync('push')
    await bench.kubectl('wait', '--for=create', 'cm/template', '--timeout=20s')
    await apply(crdYaml(group, { scope: 'Cluster' }))
    const { record, retry } = await syncing

    t.match(
      record.message,
      /its kind, which is there now, lives in no namespace; it is planned anew/,
    )
    t.strictSame(retry, { kind: 'backoff' })
    t.equal(await bench.kubectl('get', `gadgets.${group}`, '-o', 'name'), '')

    const again = await bench.sync('sweep')
    t.equal(again.record.phase, 'Succeeded', again.record.message)
  })
})
