import fc from 'fast-check'
import type { KubeObject } from '../../src/domain/kube-object.ts'

/** Objects of an application, by name: no two alike, at least one. */
export const randomApplication: fc.Arbitrary<readonly KubeObject[]> = fc
  .uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1 })
  .chain((names) => fc.tuple(...names.map(randomObject)))

const word = fc.constantFrom('red', 'blue', 'green', '1', 'true', 'x: y', '')
const key = fc.constantFrom('k1', 'k2', 'k3', 'k4')
const labels = fc.dictionary(fc.constantFrom('team', 'tier'), fc.constantFrom('front', 'back'))
const data = fc.dictionary(key, word, { maxKeys: 3 })

function randomObject(name: string): fc.Arbitrary<KubeObject> {
  const metadata = fc.record({
    name: fc.constant(name),
    labels,
    annotations: fc.dictionary(fc.constantFrom('example.com/note'), fc.constantFrom('one', 'two')),
  })
  const object = (apiVersion: string, kind: string, rest: fc.Arbitrary<object>) =>
    fc
      .tuple(metadata, rest)
      .map(([meta, fields]) => ({ apiVersion, kind, metadata: meta, ...fields }))
  return fc.oneof(
    object('v1', 'ConfigMap', fc.record({ data })),
    object('v1', 'Secret', fc.record({ stringData: data })),
    object('v1', 'Service', randomService),
    object('apps/v1', 'Deployment', randomDeployment(name)),
  )
}

const port = fc.constantFrom(80, 81, 82)
const randomService = fc
  .uniqueArray(fc.record({ port, targetPort: fc.constantFrom(8080, 'http') }), {
    minLength: 1,
    selector: (entry) => entry.port,
  })
  .map((entries) => ({
    spec: {
      selector: { app: 'web' },
      ports: entries.map((entry) => ({ name: `p${entry.port}`, ...entry })),
    },
  }))

/** Without replicas: it starts no pods. */
function randomDeployment(app: string): fc.Arbitrary<object> {
  const variables = fc
    .uniqueArray(key, { maxLength: 3 })
    .map((names) => names.map((name) => ({ name, value: 'v' })))
  const container = (name: string) =>
    fc.record(
      {
        name: fc.constant(name),
        image: fc.constantFrom('web:1', 'web:2'),
        env: variables,
        args: fc.array(fc.constantFrom('--one', '--two'), { maxLength: 2 }),
      },
      { requiredKeys: ['name', 'image'] },
    )
  return fc
    .oneof(fc.tuple(container('c0')), fc.tuple(container('c0'), container('c1')))
    .map((containers) => ({
      spec: {
        replicas: 0,
        selector: { matchLabels: { app } },
        template: { metadata: { labels: { app } }, spec: { containers } },
      },
    }))
}

/** What a person does to one object by hand; apply: with the object as they think it should be. */
export type ForeignEdit =
  | { readonly kind: 'patch'; readonly manager: string; readonly patch: object }
  | { readonly kind: 'apply'; readonly manager: string; readonly object: KubeObject }
  | { readonly kind: 'delete' | 'wipe ownership' }

const managers = fc.constantFrom('kubectl-edit', 'kubectl-set', 'k9s', 'node-fetch', 'Mozilla')
const metadataPatches: readonly object[] = [
  { metadata: { labels: { team: 'z' } } },
  { metadata: { labels: { team: null } } },
  { metadata: { labels: { extra: 'by-hand' } } },
  { metadata: { annotations: { 'example.com/note': 'by-hand' } } },
  { metadata: { annotations: { 'example.com/extra': 'by-hand' } } },
]
const inContainer = (fields: object) => ({
  spec: { template: { spec: { containers: [{ name: 'c0', ...fields }] } } },
})
const patches: Readonly<Record<string, readonly object[]>> = {
  ConfigMap: [{ data: { k1: 'by-hand' } }, { data: { k2: null } }, { data: { extra: 'x' } }],
  Secret: [{ data: { k1: 'eA==' } }, { data: { k2: null } }, { data: { extra: 'eA==' } }],
  Service: [
    { spec: { selector: { app: 'other' } } },
    { spec: { selector: { extra: 'x' } } },
    { spec: { sessionAffinity: 'ClientIP' } },
    { spec: { type: 'NodePort' } },
    { spec: { ports: [{ port: 80, name: 'p80', targetPort: 9999 }] } },
    { spec: { ports: [{ port: 90, name: 'p90', targetPort: 90 }] } },
  ],
  Deployment: [
    inContainer({ image: 'evil:1' }),
    inContainer({ env: [{ name: 'EXTRA', value: '1' }] }),
    inContainer({ env: [{ name: 'k1', value: 'by-hand' }] }),
    inContainer({ env: [{ name: 'k2', $patch: 'delete' }] }),
    inContainer({ args: ['--by-hand'] }),
    inContainer({ resources: { limits: { cpu: '1' } } }),
    { spec: { replicas: 1 } },
    { spec: { minReadySeconds: 5 } },
    { spec: { template: { spec: { containers: [{ name: 'sidecar', image: 'side:1' }] } } } },
    { spec: { template: { metadata: { labels: { extra: 'x' } } } } },
    { spec: { template: { spec: { terminationGracePeriodSeconds: 5 } } } },
  ],
}

export function randomEdit(object: KubeObject): fc.Arbitrary<ForeignEdit> {
  const known = [...metadataPatches, ...(patches[object.kind] ?? [])]
  const patch = fc.record({
    kind: fc.constant('patch' as const),
    manager: managers,
    patch: fc.constantFrom(...known),
  })
  const apply = fc.record({
    kind: fc.constant('apply' as const),
    manager: fc.constantFrom('kubectl', 'k9s'),
    object: randomObject(object.metadata.name)
      .filter(({ kind }) => kind === object.kind)
      .map(withData),
  })
  const rest = fc.constantFrom({ kind: 'delete' as const }, { kind: 'wipe ownership' as const })
  return fc.oneof(
    { arbitrary: patch, weight: 10 },
    { arbitrary: apply, weight: 2 },
    { arbitrary: rest, weight: 2 },
  )
}

/** Keys that a person applies by stringData have no owner later: test/integration/ownership-facts. */
function withData({ stringData, ...object }: KubeObject): KubeObject {
  if (stringData === undefined) return object as KubeObject
  const encoded = Object.entries(stringData as Record<string, string>).map(([name, value]) => [
    name,
    Buffer.from(value).toString('base64'),
  ])
  return { ...object, data: Object.fromEntries(encoded) } as unknown as KubeObject
}
