import fc from 'fast-check'
import { test } from 'tap'
import type { KubeObject } from '../../src/domain/kube-object.ts'
import { controlPlane } from '../support/control-plane.ts'
import { sized } from '../support/fault-size.ts'
import { type ForeignEdit, randomApplication, randomEdit } from '../support/random-objects.ts'
import { type SyncBench, syncBench } from '../support/sync-bench.ts'

const kinds = 'configmaps,secrets,services,deployments'
const partOf = 'applyset.kubernetes.io/part-of'

interface Scenario {
  readonly objects: readonly KubeObject[]
  /** In order, each of one object. */
  readonly edits: readonly { readonly object: KubeObject; readonly edit: ForeignEdit }[]
}

const scenario: fc.Arbitrary<Scenario> = randomApplication.chain((objects) =>
  fc.record({
    objects: fc.constant(objects),
    edits: fc.array(
      fc
        .constantFrom(...objects)
        .chain((object) => randomEdit(object).map((edit) => ({ object, edit }))),
      { minLength: 1, maxLength: 4 },
    ),
  }),
)

/** Live objects by kind and name, without what a server counts or gives out anew. */
async function look({ kubectl }: SyncBench): Promise<Readonly<Record<string, unknown>>> {
  const list = JSON.parse(await kubectl('get', kinds, '-o', 'json', '-l', partOf))
  return Object.fromEntries(
    (list.items as KubeObject[]).map((object) => {
      const { metadata, status: _status, ...rest } = object
      const { annotations = {}, labels, name } = metadata
      const { 'deployment.kubernetes.io/revision': _revision, ...own } = annotations
      const {
        clusterIP: _ip,
        clusterIPs: _ips,
        ...spec
      } = { ...(object['spec'] as object) } as {
        clusterIP?: string
        clusterIPs?: string[]
      }
      return [`${object.kind} ${name}`, { ...rest, metadata: { annotations: own, labels }, spec }]
    }),
  )
}

/** What moves with every write of a spec: a controller moves a Deployment's resourceVersion by itself. */
async function versions({ kubectl }: SyncBench): Promise<string> {
  const rows = (version: string) =>
    `jsonpath={range .items[*]}{.kind} {.metadata.name} {.metadata.${version}}{"\\n"}{end}`
  const still = await kubectl('get', 'cm,secret,svc', '-l', partOf, '-o', rows('resourceVersion'))
  return still + (await kubectl('get', 'deploy', '-l', partOf, '-o', rows('generation')))
}

async function editByHand(bench: SyncBench, { object, edit }: Scenario['edits'][number]) {
  const name = `${object.kind}/${object.metadata.name}`
  const patch = (type: string, value: object, manager: string) =>
    bench.kubectl(
      'patch',
      name,
      `--type=${type}`,
      `--field-manager=${manager}`,
      `--patch=${JSON.stringify(value)}`,
    )
  switch (edit.kind) {
    case 'delete':
      return bench.kubectl('delete', name, '--ignore-not-found')
    case 'wipe ownership':
      return patch('merge', { metadata: { managedFields: [{}] } }, 'kubectl-edit')
    case 'patch':
      return patch('strategic', edit.patch, edit.manager)
    case 'apply': {
      const plane = await controlPlane()
      const metadata = { ...edit.object.metadata, namespace: bench.namespace }
      const flags = ['--server-side', '--force-conflicts', `--field-manager=${edit.manager}`]
      const text = JSON.stringify({ ...edit.object, metadata })
      return plane.kubectl(['apply', ...flags, '--filename=-'], text)
    }
  }
}

/** An edit before it may have deleted the object. */
async function editIfThere(bench: SyncBench, step: Scenario['edits'][number]): Promise<void> {
  try {
    await editByHand(bench, step)
  } catch (error: unknown) {
    if (!String(error).includes('not found')) throw error
  }
}

test('any application on a real API server', { timeout: 900_000 }, async (t) => {
  const bench = await syncBench(t)
  let known: readonly KubeObject[] = []
  const fileOf = ({ kind, metadata }: KubeObject) => `app/${kind}-${metadata.name}.yaml`
  const commit = async (objects: readonly KubeObject[]) => {
    const gone = known.map((object) => [fileOf(object), null] as const)
    const files = objects.map((object) => [fileOf(object), JSON.stringify(object)] as const)
    await bench.repository.commit(Object.fromEntries([...gone, ...files]))
    known = objects
  }

  await t.test('is healed to what Git says, whatever people do to it', async (t) => {
    let healed = 0
    let deleted = 0
    const property = fc.asyncProperty(scenario, async ({ objects, edits }) => {
      const before = new Set(known.map(({ kind, metadata }) => `${kind} ${metadata.name}`))
      const decoys = await plantDecoys(bench)
      await commit(objects)
      const deployed = await bench.sync('push')
      t.equal(deployed.record.phase, 'Succeeded', deployed.record.message)

      const gone = deployed.record.changes.filter(({ action }) => action === 'deleted')
      deleted += gone.length
      for (const { ref } of gone) {
        t.ok(before.has(`${ref.kind} ${ref.name}`), `prunes what it deployed: ${ref.name}`)
      }
      t.equal(await decoysLeft(bench), decoys, 'prunes nothing that it did not deploy')

      const wanted = await look(bench)
      const same = await versions(bench)
      const again = await bench.sync('sweep')
      t.match(again.record, { phase: 'Succeeded', changes: [], drift: [] }, 'plan(x, x) is empty')
      t.equal(await versions(bench), same, 'and writes nothing')

      for (const step of edits) await editIfThere(bench, step)
      const { record } = await bench.sync('sweep')
      healed += record.drift.length
      t.equal(record.phase, 'Succeeded', record.message)
      t.strictSame(await look(bench), wanted, JSON.stringify(edits))
      const calm = await bench.sync('sweep')
      t.match(calm.record, { phase: 'Succeeded', drift: [] }, 'healed is healed')
      return t.passing()
    })
    await fc.assert(property, {
      numRuns: sized({ small: 8, full: 150 }),
      endOnFailure: true,
    })
    t.ok(healed > 0, `${healed} drifts were healed`)
    t.ok(deleted > 0, `${deleted} objects were pruned`)
  })
})

/** Objects that carry the application's label and were never deployed by it. */
async function plantDecoys(bench: SyncBench): Promise<string> {
  const label = await bench.kubectl(
    'get',
    kinds,
    '-l',
    partOf,
    '-o',
    `jsonpath={..metadata.labels}`,
  )
  const id = /applyset-[\w-]+/.exec(label)?.[0]
  if (id === undefined) return ''
  await bench.kubectl('create', 'configmap', 'decoy').catch(() => 'it is there')
  await bench.kubectl('label', '--overwrite', 'configmap', 'decoy', `${partOf}=${id}`, 'decoy=yes')
  return decoysLeft(bench)
}

function decoysLeft(bench: SyncBench): Promise<string> {
  return bench.kubectl('get', 'configmaps', '-l', 'decoy', '-o', 'name')
}
