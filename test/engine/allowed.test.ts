import { test } from 'tap'
import { isSameAllowed } from '../../src/domain/allowed-difference.ts'
import type { KubeObject, ManagedFieldsEntry } from '../../src/domain/kube-object.ts'
import { refKey } from '../../src/domain/kube-object.ts'
import { allowedDifferences, scaledKeys } from '../../src/engine/allowed.ts'
import { anApplication } from '../support/an-application.ts'
import { aConfigMap, aDeployment, desiredOf, fields, managed, ownedBy } from '../support/objects.ts'

const desired = desiredOf(aDeployment())
const declared = fields('f:spec f:replicas', 'f:spec f:template')
const ours = ownedBy('landfall', declared)

function live(spec: object, ...entries: ManagedFieldsEntry[]): KubeObject {
  const { spec: before, ...rest } = aDeployment()
  return managed({ ...rest, spec: { ...(before as object), ...spec } }, entries)
}

function allowed(
  object: KubeObject,
  application: Parameters<typeof anApplication>[0] = {},
  wanted = desired,
) {
  const target = {
    application: anApplication(application),
    mask: (_ref: unknown, _path: string, value: unknown) => value,
  }
  const seen = new Map([[refKey(wanted.ref), object]])
  return allowedDifferences(target, [wanted], { live: seen, known: [] })
}

const scale = fields('f:spec f:replicas')
const ignoreReplicas = {
  ignore: [
    {
      kind: 'Deployment',
      group: undefined,
      namespace: undefined,
      name: '*',
      fields: ['/spec/replicas'],
    },
  ],
}

test('what a look leaves as it is', async (t) => {
  await t.test('is nothing where all is as Git has it', async (t) => {
    t.strictSame(allowed(live({}, ours)), [])
  })

  await t.test('are replicas that a controller set, with its name', async (t) => {
    const byAutoscaler = ownedBy('kube-controller-manager', scale, { subresource: 'scale' })

    t.match(allowed(live({ replicas: 7 }, ours, byAutoscaler)), [
      {
        path: '/spec/replicas',
        reason: 'scaled',
        owner: { manager: 'kube-controller-manager' },
        desired: 3,
        live: 7,
      },
    ])
    t.strictSame(allowed(live({ replicas: 3 }, ours, byAutoscaler)), [], 'it may agree with Git')
  })

  await t.test('are fields that a rule ignores, whoever set them', async (t) => {
    const byHand = ownedBy('kubectl', scale, { subresource: 'scale' })

    t.match(allowed(live({ replicas: 9 }, ours, byHand), ignoreReplicas), [
      { path: '/spec/replicas', reason: 'ignored', owner: { manager: 'kubectl' }, live: 9 },
    ])
    t.match(allowed(live({ replicas: 9 }, ours), ignoreReplicas), [{ owner: null }])
    t.strictSame(allowed(live({ replicas: 9 }, ours, byHand)), [], 'without a rule it is drift')
  })

  await t.test('are fields a person added that a rule ignores', async (t) => {
    const rule = { ...ignoreReplicas.ignore[0], kind: 'ConfigMap', fields: ['/data/b'] }
    const object = managed(aConfigMap('settings', { a: '1', b: '2' }), [
      ownedBy('landfall', fields('f:data f:a')),
      ownedBy('kubectl-edit', fields('f:data f:b')),
    ])
    const ignore = [{ group: undefined, namespace: undefined, name: '*', ...rule }]

    t.match(allowed(object, { ignore }, desiredOf(aConfigMap())), [
      { path: '/data/b', reason: 'ignored', owner: { manager: 'kubectl-edit' }, live: '2' },
    ])
  })

  await t.test('are fields that only a controller owns, but not what it remembers', async (t) => {
    const annotations = { 'deployment.kubernetes.io/revision': '2', 'vpa/seen': 'yes' }
    const object = live({}, ours, ownedBy('vpa', fields('f:metadata f:annotations f:vpa/seen')))
    const remembered = fields('f:metadata f:annotations f:deployment.kubernetes.io/revision')
    const byManager = ownedBy('kube-controller-manager', remembered)
    const entries = [...(object.metadata.managedFields ?? []), byManager]
    const annotated = managed({ ...object, metadata: { ...object.metadata, annotations } }, entries)

    t.match(allowed(annotated), [
      { path: '/metadata/annotations/vpa~1seen', reason: 'controller', owner: { manager: 'vpa' } },
    ])
    t.equal(allowed(annotated).length, 1)
    const managers = [{ match: 'vpa', class: 'human', paths: [] } as const]
    t.strictSame(allowed(annotated, { managers }), [], 'a person’s are drift')
  })

  await t.test('leaves out a long value, and tells of ten fields of an object', async (t) => {
    const data = Object.fromEntries(
      Array.from({ length: 15 }, (_, at) => [`k${at}`, 'x'.repeat(300)]),
    )
    const paths = Object.keys(data).map((key) => `f:data f:${key}`)
    const object = managed(aConfigMap('settings', { a: '1', ...data }), [
      ownedBy('landfall', fields('f:data f:a')),
      ownedBy('injector', fields(...paths)),
    ])

    const found = allowed(object, {}, desiredOf(aConfigMap()))

    t.equal(found.length, 10)
    t.notOk(found.some((one) => 'live' in one))
  })

  await t.test('never leaves out who scales, by which a push goes', async (t) => {
    const labels = Object.fromEntries(Array.from({ length: 15 }, (_, at) => [`l${at}`, 'x']))
    const paths = Object.keys(labels).map((key) => `f:metadata f:labels f:${key}`)
    const byScaler = ownedBy('hpa', scale, { subresource: 'scale' })
    const object = live({ replicas: 7 }, ours, ownedBy('injector', fields(...paths)), byScaler)
    const labelled = { ...object, metadata: { ...object.metadata, labels } }
    const many = Array.from({ length: 20 }, (_, at) =>
      desiredOf(aDeployment({ metadata: { name: `web-${at}`, namespace: 'shop' } })),
    )
    const seen = new Map(many.map(({ ref }) => [refKey(ref), labelled]))
    const target = {
      application: anApplication(),
      mask: (_ref: unknown, _path: string, value: unknown) => value,
    }

    const found = allowedDifferences(target, many, { live: seen, known: [] })

    t.equal(found.length, 100)
    t.equal(scaledKeys(found).size, 20)
  })

  await t.test('is as it was last told where nobody looked', async (t) => {
    const byAutoscaler = ownedBy('hpa', scale, { subresource: 'scale' })
    const known = allowed(live({ replicas: 7 }, ours, byAutoscaler))
    const target = {
      application: anApplication(),
      mask: (_ref: unknown, _path: string, value: unknown) => value,
    }
    const unseen = { live: new Map(), known }

    t.strictSame(allowedDifferences(target, [desired], unseen), known)
    t.strictSame(allowedDifferences(target, [desiredOf(aConfigMap())], unseen), [])
  })
})

test('two looks agree where the fields and their owners are the same', async (t) => {
  const by = (manager: string, replicas: number) =>
    allowed(live({ replicas }, ours, ownedBy(manager, scale, { subresource: 'scale' })))

  t.ok(isSameAllowed(by('hpa', 7), by('hpa', 9)))
  t.notOk(isSameAllowed(by('hpa', 7), by('keda', 7)))
  t.notOk(isSameAllowed(by('hpa', 7), []))
})
