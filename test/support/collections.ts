import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { Files } from './git-repository.ts'

/** One of the collections that people learn GitOps from, re-made by its shape. */
export interface Collection {
  readonly name: string
  readonly files: (site: Place) => Promise<Record<string, string>>
  /** Keys of the application. */
  readonly keys?: (site: Place) => Readonly<Record<string, unknown>>
  /** Everything it has in its namespace or outside of it, as kubectl names it. */
  readonly objects: (site: Place) => readonly string[]
  readonly change: Step
  /** What is done by hand. */
  readonly drift: (site: Place) => readonly string[]
  /** Of what the drift changes: how it can be seen that it was undone. */
  readonly undone: Look
  readonly prune: Step
}

interface Place {
  /** Of the namespace and of the application. */
  readonly name: string
}

interface Look {
  readonly object: (site: Place) => string
  readonly jsonpath: string
  readonly is: string
}

interface Step {
  readonly edit: (files: Readonly<Record<string, string>>) => Files
  /** Afterwards; of a pruned object there is nothing. */
  readonly look: Look
}

const root = join(import.meta.dirname, '../fixtures/collections')

async function fixture(folder: string, replace: Readonly<Record<string, string>> = {}) {
  const base = join(root, folder)
  const entries = await readdir(base, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  const pairs = files.map(async (entry) => {
    const file = join(entry.parentPath, entry.name)
    let text = await readFile(file, 'utf8')
    for (const [word, value] of Object.entries(replace)) text = text.replaceAll(word, value)
    return [join('app', relative(base, file)), text] as const
  })
  return Object.fromEntries(await Promise.all(pairs))
}

function edited(file: string, from: string, to: string) {
  return (files: Readonly<Record<string, string>>): Files => {
    const text = files[`app/${file}`] ?? ''
    if (!text.includes(from)) throw new Error(`${file} has no ${from}`)
    return { [`app/${file}`]: text.replaceAll(from, to) }
  }
}

const removed =
  (...files: readonly string[]) =>
  (): Files =>
    Object.fromEntries(files.map((file) => [`app/${file}`, null]))

const image = '{.spec.template.spec.containers[0].image}'
const named = (object: string) => () => object
const list =
  (...objects: readonly string[]) =>
  () =>
    objects
const gone = (object: (site: Place) => string) => ({ object, jsonpath: '{.kind}', is: '' })
const scaled = (object: string, replicas: string) => ({
  drift: () => ['scale', object, '--replicas=5'],
  undone: { object: named(object), jsonpath: '{.spec.replicas}', is: replicas },
})

const guestbook = 'gcr.io/google-samples/gb-frontend'

const plain: Collection = {
  name: 'guestbook, plain manifests',
  files: () => fixture('guestbook-plain'),
  objects: list(
    'deployment/guestbook-ui',
    'service/guestbook-ui',
    'deployment/redis-leader',
    'service/redis-leader',
  ),
  change: {
    edit: edited('guestbook-ui-deployment.yaml', ':v5', ':v6'),
    look: { object: named('deployment/guestbook-ui'), jsonpath: image, is: `${guestbook}:v6` },
  },
  ...scaled('deployment/guestbook-ui', '1'),
  prune: { edit: removed('redis.yaml'), look: gone(named('service/redis-leader')) },
}

const kustomize: Collection = {
  name: 'guestbook, kustomize with an overlay',
  files: () => fixture('guestbook-kustomize'),
  keys: () => ({ path: 'app/overlay' }),
  objects: list('deployment/staging-guestbook-ui', 'service/staging-guestbook-ui'),
  change: {
    edit: edited('overlay/kustomization.yaml', 'newTag: v6', 'newTag: v7'),
    look: {
      object: named('deployment/staging-guestbook-ui'),
      jsonpath: image,
      is: `${guestbook}:v7`,
    },
  },
  ...scaled('deployment/staging-guestbook-ui', '2'),
  prune: {
    edit: edited('base/kustomization.yaml', ', service.yaml', ''),
    look: gone(named('service/staging-guestbook-ui')),
  },
}

const helm: Collection = {
  name: 'guestbook, a Helm chart',
  files: () => fixture('guestbook-helm'),
  objects: ({ name }) => [`deployment/${name}-ui`, `service/${name}-ui`],
  change: {
    edit: edited('values.yaml', 'replicas: 1', 'replicas: 2'),
    look: {
      object: ({ name }) => `deployment/${name}-ui`,
      jsonpath: '{.spec.replicas}',
      is: '2',
    },
  },
  drift: ({ name }) => ['set', 'image', `deployment/${name}-ui`, 'ui=other:1'],
  undone: { object: ({ name }) => `deployment/${name}-ui`, jsonpath: image, is: `${guestbook}:v5` },
  prune: {
    edit: removed('templates/service.yaml'),
    look: gone(({ name }) => `service/${name}-ui`),
  },
}

const waves: Collection = {
  name: 'sync waves',
  files: () => fixture('sync-waves'),
  objects: list(
    'configmap/settings',
    'deployment/backend',
    'service/backend',
    'job/upgrade',
    'deployment/frontend',
    'service/frontend',
  ),
  change: {
    edit: edited('frontend.yaml', 'frontend:1', 'frontend:2'),
    look: { object: named('deployment/frontend'), jsonpath: image, is: 'frontend:2' },
  },
  drift: list('delete', 'service/backend'),
  undone: { object: named('service/backend'), jsonpath: '{.kind}', is: 'Service' },
  prune: { edit: removed('frontend.yaml'), look: gone(named('deployment/frontend')) },
}

const hooks: Collection = {
  name: 'hooks before and after the sync',
  files: () => fixture('pre-post-sync'),
  objects: list('deployment/guestbook-ui', 'service/guestbook-ui'),
  change: {
    edit: edited('guestbook.yaml', ':v5', ':v6'),
    look: { object: named('deployment/guestbook-ui'), jsonpath: image, is: `${guestbook}:v6` },
  },
  ...scaled('deployment/guestbook-ui', '1'),
  prune: { edit: removed('before.yaml'), look: gone(named('job/before')) },
}

const dependency: Collection = {
  name: 'a Helm chart with a dependency',
  files: () => fixture('helm-dependency'),
  objects: ({ name }) => [
    `deployment/${name}-blog`,
    `configmap/${name}-database`,
    `service/${name}-database`,
  ],
  change: {
    edit: edited('values.yaml', 'size: 1Gi', 'size: 2Gi'),
    look: {
      object: ({ name }) => `configmap/${name}-database`,
      jsonpath: '{.data.size}',
      is: '2Gi',
    },
  },
  drift: ({ name }) => ['patch', `configmap/${name}-database`, '-p', '{"data":{"size":"9Gi"}}'],
  undone: {
    object: ({ name }) => `configmap/${name}-database`,
    jsonpath: '{.data.size}',
    is: '2Gi',
  },
  prune: {
    edit: removed('charts/database/templates/service.yaml'),
    look: gone(({ name }) => `service/${name}-database`),
  },
}

const groupOf = ({ name }: Place) => `${name}.example.com`

const operator: Collection = {
  name: 'an operator with CRD, custom resource and webhook',
  files: (site) => fixture('operator', { GROUP: groupOf(site), NAMESPACE: site.name }),
  keys: () => ({
    allow: {
      clusterKinds: [
        'CustomResourceDefinition.apiextensions.k8s.io',
        'ValidatingWebhookConfiguration.admissionregistration.k8s.io',
      ],
    },
  }),
  objects: (site) => [
    'deployment/boat-operator',
    'service/boat-operator',
    `boats.${groupOf(site)}/ketch`,
    `customresourcedefinition/boats.${groupOf(site)}`,
    `validatingwebhookconfiguration/boats.${groupOf(site)}`,
  ],
  change: {
    edit: edited('boat.yaml', 'sails: 2', 'sails: 3'),
    look: {
      object: (site) => `boats.${groupOf(site)}/ketch`,
      jsonpath: '{.spec.sails}',
      is: '3',
    },
  },
  drift: (site) => [
    'patch',
    `boats.${groupOf(site)}/ketch`,
    '--type=merge',
    '-p',
    '{"spec":{"sails":9}}',
  ],
  undone: { object: (site) => `boats.${groupOf(site)}/ketch`, jsonpath: '{.spec.sails}', is: '3' },
  prune: {
    edit: removed('webhook.yaml'),
    look: gone((site) => `validatingwebhookconfiguration/boats.${groupOf(site)}`),
  },
}

const folders = Array.from({ length: 50 }, (_, index) => `service-${index}`)
const configOf = (name: string, value: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { value: "${value}" }\n`

const monorepo: Collection = {
  name: 'a monorepo with 50 folders',
  async files() {
    const files = folders.map((name) => [`app/${name}/config.yaml`, configOf(name, '1')] as const)
    return Object.fromEntries(files)
  },
  objects: () => folders.map((name) => `configmap/${name}`),
  change: {
    edit: edited('service-7/config.yaml', '"1"', '"2"'),
    look: { object: named('configmap/service-7'), jsonpath: '{.data.value}', is: '2' },
  },
  drift: list('delete', 'configmap/service-9'),
  undone: { object: named('configmap/service-9'), jsonpath: '{.data.value}', is: '1' },
  prune: {
    edit: removed('service-3/config.yaml', 'service-4/config.yaml'),
    look: gone(named('configmap/service-3')),
  },
}

export const collections: readonly Collection[] = [
  plain,
  kustomize,
  helm,
  waves,
  hooks,
  dependency,
  operator,
  monorepo,
]
