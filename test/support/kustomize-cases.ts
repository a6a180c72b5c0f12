import type { CommitFiles } from './a-render.ts'

/** A repository whose `app` folder holds a kustomization, and what it must come to. */
export interface KustomizeCase {
  readonly files: CommitFiles
  /** Left out: as `kubectl apply -k`, without helm. */
  readonly helmCharts?: boolean
  /** Matched against the objects, in the order kustomize prints them. */
  readonly objects: readonly Readonly<Record<string, unknown>>[]
}

export const aConfigMap = (name: string, value = 'v') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {k: ${value}}\n`

const aDeployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: web:1, env: [{name: HOST, value: none}]}
`

const aService = `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {ports: [{port: 80}], selector: {app: web}}
`

/** What people write in kustomizations, feature by feature. */
export const kustomizeCases: Readonly<Record<string, KustomizeCase>> = {
  'a base and components beside it': {
    files: {
      'app/kustomization.yaml':
        'resources: [../base]\ncomponents: [../components/debug, ../components/team]\n',
      'base/kustomization.yaml': 'resources: [deployment.yaml]\n',
      'base/deployment.yaml': aDeployment,
      'components/debug/kustomization.yaml':
        'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches: [{path: patch.yaml}]\n',
      'components/debug/patch.yaml':
        'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 7}\n',
      'components/team/kustomization.yaml':
        'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nlabels: [{pairs: {team: blue}}]\n',
    },
    objects: [{ metadata: { name: 'web', labels: { team: 'blue' } }, spec: { replicas: 7 } }],
  },

  'generators of ConfigMaps and Secrets': {
    files: {
      'app/kustomization.yaml': `generatorOptions: {disableNameSuffixHash: true}
configMapGenerator:
- name: settings
  files: [nginx.conf, renamed=conf/other.conf]
  envs: [settings.env]
  literals: [a=1]
secretGenerator:
- name: token
  env: token.env
  files: [key=token.key]
`,
      'app/nginx.conf': 'listen 80;\n',
      'app/conf/other.conf': 'other',
      'app/settings.env': 'b=2\n',
      'app/token.env': 'c=3\n',
      'app/token.key': 'key',
    },
    objects: [
      {
        kind: 'ConfigMap',
        data: { a: '1', b: '2', renamed: 'other', 'nginx.conf': 'listen 80;\n' },
      },
      { kind: 'Secret', data: { c: 'Mw==', key: 'a2V5' } },
    ],
  },

  'a generator that merges into that of the base': {
    files: {
      'app/kustomization.yaml':
        'resources: [../base]\nconfigMapGenerator: [{name: settings, behavior: merge, literals: [b=2]}]\n',
      'base/kustomization.yaml': 'configMapGenerator: [{name: settings, literals: [a=1]}]\n',
    },
    objects: [{ kind: 'ConfigMap', data: { a: '1', b: '2' } }],
  },

  'patches of every form': {
    files: {
      'app/kustomization.yaml': `resources: [deployment.yaml, a.yaml]
patches:
- path: patches/replicas.yaml
- patch: |
    - op: replace
      path: /spec/template/spec/containers/0/image
      value: web:2
  target: {kind: Deployment}
- path: patches/label.json
  target: {kind: ConfigMap, name: a.*}
- patch: |
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: a}
    data: {inline: "yes"}
patchesStrategicMerge:
- patches/strategic.yaml
- |
  apiVersion: v1
  kind: ConfigMap
  metadata: {name: a}
  data: {strategic: inline}
patchesJson6902:
- target: {version: v1, kind: ConfigMap, name: a}
  path: patches/6902.yaml
`,
      'app/deployment.yaml': aDeployment,
      'app/a.yaml': aConfigMap('a'),
      'app/patches/replicas.yaml':
        'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 3}\n',
      'app/patches/label.json': '[{"op": "add", "path": "/metadata/labels", "value": {"x": "y"}}]',
      'app/patches/strategic.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {file: strategic}\n',
      'app/patches/6902.yaml': '- {op: add, path: /data/old, value: form}\n',
    },
    objects: [
      {
        kind: 'ConfigMap',
        metadata: { labels: { x: 'y' } },
        data: { k: 'v', inline: 'yes', strategic: 'inline', file: 'strategic', old: 'form' },
      },
      {
        kind: 'Deployment',
        spec: { replicas: 3, template: { spec: { containers: [{ image: 'web:2' }] } } },
      },
    ],
  },

  'replacements, inline and from a file': {
    files: {
      'app/kustomization.yaml': `resources: [deployment.yaml, service.yaml]
namePrefix: shop-
replacements:
- path: replacement.yaml
- source: {kind: Service, fieldPath: 'spec.ports.0.port'}
  targets:
  - select: {kind: Deployment}
    fieldPaths: [spec.replicas]
`,
      'app/deployment.yaml': aDeployment,
      'app/service.yaml': aService,
      'app/replacement.yaml': `source: {kind: Service, fieldPath: metadata.name}
targets:
- select: {kind: Deployment}
  fieldPaths: ['spec.template.spec.containers.[name=web].env.[name=HOST].value']
`,
    },
    objects: [
      { kind: 'Service' },
      {
        kind: 'Deployment',
        spec: {
          replicas: 80,
          template: { spec: { containers: [{ env: [{ value: 'shop-web' }] }] } },
        },
      },
    ],
  },

  'plugins that are built in, in files, folders and inline': {
    files: {
      'app/kustomization.yaml': `resources: [a.yaml]
generators: [plugins/generator.yaml, plugins/more]
transformers:
- plugins/patch.yaml
- |
  apiVersion: builtin
  kind: AnnotationsTransformer
  metadata: {name: x}
  annotations: {inline: "yes"}
  fieldSpecs: [{path: metadata/annotations, create: true}]
`,
      'app/a.yaml': aConfigMap('a'),
      'app/data.txt': 'data',
      'app/more.env': 'more=1\n',
      'app/patch.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: patched}\n',
      'app/plugins/generator.yaml':
        'apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: b}\nfiles: [data.txt]\noptions: {disableNameSuffixHash: true}\n',
      'app/plugins/more/kustomization.yaml': 'resources: [more.yaml]\n',
      'app/plugins/more/more.yaml':
        'apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: c}\nenvs: [more.env]\noptions: {disableNameSuffixHash: true}\n',
      'app/plugins/patch.yaml':
        'apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: x}\npath: patch.yaml\ntarget: {name: a}\n',
    },
    objects: [
      { metadata: { name: 'a', annotations: { inline: 'yes' } }, data: { k: 'patched' } },
      { metadata: { name: 'b' }, data: { 'data.txt': 'data' } },
      { metadata: { name: 'c' }, data: { more: '1' } },
    ],
  },

  'configurations, schemas and definitions': {
    files: {
      'app/kustomization.yaml': `resources: [crd-object.yaml, a.yaml]
namePrefix: x-
crds: [crd.json]
configurations: [config/names.yaml]
openapi: {path: schema.json}
`,
      'app/a.yaml': aConfigMap('a'),
      'app/crd-object.yaml':
        'apiVersion: example.com/v1\nkind: Shop\nmetadata: {name: shop}\nspec: {settings: a}\n',
      'app/crd.json': '{}',
      'app/config/names.yaml':
        'nameReference:\n- kind: ConfigMap\n  fieldSpecs: [{kind: Shop, path: spec/settings}]\n',
      'app/schema.json': '{"definitions": {}}',
    },
    objects: [
      { kind: 'ConfigMap', metadata: { name: 'x-a' } },
      { kind: 'Shop', metadata: { name: 'x-shop' }, spec: { settings: 'x-a' } },
    ],
  },

  'images, replicas, labels, a namespace and names': {
    files: {
      'app/kustomization.yml': `bases: [../base]
namespace: shop
nameSuffix: -blue
images: [{name: web, newName: registry.example.com/web, newTag: "2"}]
replicas: [{name: web, count: 4}]
labels: [{pairs: {tier: front}, includeSelectors: true}]
commonAnnotations: {owner: team}
`,
      'base/Kustomization': 'resources:\n- deployment.yaml\n- nested\n',
      'base/deployment.yaml': aDeployment,
      'base/nested/kustomization.yaml': 'resources: [service.yaml]\n',
      'base/nested/service.yaml': aService,
    },
    objects: [
      { kind: 'Service', metadata: { name: 'web-blue', namespace: 'shop' } },
      {
        kind: 'Deployment',
        metadata: { annotations: { owner: 'team' } },
        spec: {
          replicas: 4,
          selector: { matchLabels: { tier: 'front' } },
          template: { spec: { containers: [{ image: 'registry.example.com/web:2' }] } },
        },
      },
    ],
  },

  'links to files and folders of the repository': {
    files: {
      'app/kustomization.yaml': 'resources: [linked, a.yaml]\nconfigurations: [inner.yaml]\n',
      'app/linked': { link: '../links/base' },
      'app/a.yaml': { link: 'deep/a.yaml' },
      'app/deep/a.yaml': aConfigMap('a'),
      'app/inner.yaml': { link: 'deep/../deep/config.yaml' },
      'app/deep/config.yaml': 'namePrefix: []\n',
      'links/base': { link: '../base' },
      'base/kustomization.yaml': { link: 'real.yaml' },
      'base/real.yaml': 'resources: [b.yaml]\n',
      'base/b.yaml': aConfigMap('b'),
    },
    objects: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }],
  },
}
