import { test } from 'tap'
import { controlPlane } from '../support/control-plane.ts'
import { entryOf, live, nodeAt, patchLatest, sealOf, web } from '../support/ownership.ts'
import { testCluster } from '../support/test-cluster.ts'

// Whose field is whose, as managedFields tell it: what drift detection is built on.

const containerPath = ['f:spec', 'f:template', 'f:spec', 'f:containers', 'k:{"name":"app"}']

test('our entry is a seal on what we declared', async (t) => {
  const context = await testCluster(t)
  const { cluster, namespace, kubectl } = context
  const applied = (await cluster.own.apply(web(namespace))).object
  const seal = sealOf(applied)
  const strategic = (patch: unknown) => kubectl('patch', 'deploy/web', '-p', JSON.stringify(patch))
  const json = (op: string, path: string, value?: unknown) =>
    kubectl('patch', 'deploy/web', '--type=json', '-p', JSON.stringify([{ op, path, value }]))
  const container = '/spec/template/spec/containers/0'

  const breaks: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['kubectl scale', () => kubectl('scale', 'deploy/web', '--replicas=2')],
    ['kubectl set image', () => kubectl('set', 'image', 'deploy/web', 'app=web:2')],
    ['a changed variable', () => kubectl('set', 'env', 'deploy/web', 'A=2')],
    ['a removed variable', () => kubectl('set', 'env', 'deploy/web', 'A-')],
    ['an item added to an atomic list', () => json('add', `${container}/args/-`, '--two')],
    ['a changed label', () => kubectl('label', '--overwrite', 'deploy/web', 'team=b')],
    ['a removed label', () => kubectl('label', 'deploy/web', 'team-')],
    ['a removed annotation', () => kubectl('annotate', 'deploy/web', 'note-')],
  ]
  for (const [what, change] of breaks) {
    await change()
    t.not(sealOf(await live(context, applied)), seal, `${what} breaks it`)
    const healed = (await cluster.own.apply(web(namespace))).object
    t.equal(sealOf(healed), seal, `${what}: the same apply restores it`)
  }

  const keeps: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['the same value again', () => strategic({ spec: { replicas: 0 } })],
    ['an added variable', () => kubectl('set', 'env', 'deploy/web', 'B=2')],
    ['an added label', () => kubectl('label', 'deploy/web', 'who=me')],
    ['kubectl rollout restart', () => kubectl('rollout', 'restart', 'deploy/web')],
  ]
  for (const [what, change] of keeps) {
    await change()
    t.equal(sealOf(await live(context, applied)), seal, `${what} keeps it`)
  }
})

test('kubectl writes under these managers', async (t) => {
  const context = await testCluster(t)
  const { cluster, namespace, kubectl } = context
  const applied = (await cluster.own.apply(web(namespace))).object
  const rows = [
    [['set', 'image', 'deploy/web', 'app=web:2'], 'kubectl-set', undefined],
    [['scale', 'deploy/web', '--replicas=1'], 'kubectl', 'scale'],
    [['label', 'deploy/web', 'x=y'], 'kubectl-label', undefined],
    [['annotate', 'deploy/web', 'x=y'], 'kubectl-annotate', undefined],
    [['patch', 'deploy/web', '-p', '{"spec":{"minReadySeconds":1}}'], 'kubectl-patch', undefined],
    [['rollout', 'restart', 'deploy/web'], 'kubectl-rollout', undefined],
  ] as const
  for (const [args, manager, subresource] of rows) {
    await kubectl(...args)
    const entry = entryOf(await live(context, applied), manager)
    t.equal(entry?.operation, 'Update', `${args[0]}: ${manager}`)
    t.equal(entry?.subresource, subresource)
  }
})

test('a variable added by hand is not removed by a forced apply, only by a patch', async (t) => {
  const context = await testCluster(t)
  const { cluster, namespace, kubectl } = context
  const applied = (await cluster.own.apply(web(namespace))).object
  await kubectl('set', 'env', 'deploy/web', 'DEBUG=true')
  const reapplied = (await cluster.own.apply(web(namespace))).object

  await t.test('its entry tells whose it is', async (t) => {
    t.match(reapplied, { spec: { template: { spec: { containers: [{ env: { length: 2 } }] } } } })
    const foreign = entryOf(reapplied, 'kubectl-set')
    t.ok(nodeAt(foreign?.fieldsV1, ...containerPath, 'f:env', 'k:{"name":"DEBUG"}'))
    t.notOk(nodeAt(foreign?.fieldsV1, ...containerPath, 'f:env', 'k:{"name":"A"}'))
  })

  await t.test('removing it by index empties that entry, keeps our seal, bumps once', async (t) => {
    const { generation = 0 } = reapplied.metadata

    const healed = await patchLatest(context, applied, [
      { op: 'remove', path: '/spec/template/spec/containers/0/env/1' },
    ])

    t.same(
      (healed['spec'] as { template: { spec: { containers: { env: unknown }[] } } }).template.spec
        .containers[0]?.env,
      [{ name: 'A', value: '1' }],
    )
    t.equal(entryOf(healed, 'kubectl-set'), undefined)
    t.equal(sealOf(healed), sealOf(applied))
    t.equal(healed.metadata.generation, generation + 1)
  })
})

test('a label and an annotation added by hand go the same way', async (t) => {
  const context = await testCluster(t)
  const { cluster, namespace, kubectl } = context
  const applied = (await cluster.own.apply(web(namespace))).object
  await kubectl('label', 'deploy/web', 'example.com/who=me')
  await kubectl('annotate', 'deploy/web', 'example.com/why=no')

  const healed = await patchLatest(context, applied, [
    { op: 'remove', path: '/metadata/labels/example.com~1who' },
    { op: 'remove', path: '/metadata/annotations/example.com~1why' },
  ])

  t.same(healed.metadata.labels, { team: 'a' })
  t.equal(healed.metadata.annotations?.['example.com/why'], undefined)
  t.equal(entryOf(healed, 'kubectl-label'), undefined)
  t.equal(entryOf(healed, 'kubectl-annotate'), undefined)
  t.equal(sealOf(healed), sealOf(applied))
})

test('a foreign field that Git drops stays, and is a foreign one then', async (t) => {
  const { cluster, namespace } = await testCluster(t)
  const plane = await controlPlane()
  await cluster.own.apply(web(namespace))
  const manifest = JSON.stringify(web(namespace))
  await plane.kubectl(['apply', '--server-side', '--field-manager=kubectl', '-f', '-'], manifest)
  const { annotations: _, ...metadata } = web(namespace).metadata

  const { object } = await cluster.own.apply({ ...web(namespace), metadata })

  t.equal(object.metadata.annotations?.['note'], 'ours')
  t.ok(nodeAt(entryOf(object, 'kubectl')?.fieldsV1, 'f:metadata', 'f:annotations', 'f:note'))
  t.notOk(nodeAt(entryOf(object, 'landfall')?.fieldsV1, 'f:metadata', 'f:annotations'))
})

// https://github.com/kubernetes/kubernetes/issues/108008
test('keys of a Secret that somebody applies by stringData have no owner once they drop them', async (t) => {
  const context = await testCluster(t)
  const { namespace } = context
  const plane = await controlPlane()
  const secret = (stringData: object) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'db', namespace },
    stringData,
  })
  const apply = (stringData: object) =>
    plane.kubectl(['apply', '--server-side', '-f', '-'], JSON.stringify(secret(stringData)))
  await apply({ by: 'hand' })
  await apply({})

  const found = await live(context, secret({}))

  t.match(found['data'], { by: Buffer.from('hand').toString('base64') })
  t.notMatch(JSON.stringify(found.metadata.managedFields), 'f:by')
})
