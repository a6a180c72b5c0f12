import { aConfigMap, type KustomizeCase } from './kustomize-cases.ts'

/** Charts in a repository that a kustomization names. */
export const inflatedCharts: KustomizeCase = {
  helmCharts: true,
  files: {
    'app/kustomization.yaml': `namespace: shop
resources: [a.yaml]
helmCharts:
- name: db
  version: 1.0.0
  repo: https://charts.example.com
  releaseName: orders
  valuesFile: values/db.yaml
  additionalValuesFiles: [values/more.yaml]
  valuesInline: {inline: "yes"}
  includeCRDs: true
- {name: cache, releaseName: sessions, namespace: other, kubeVersion: v1.30.0}
patches:
- target: {kind: ConfigMap, name: orders}
  patch: |
    - {op: add, path: /data/patched, value: "yes"}
`,
    'app/a.yaml': aConfigMap('a'),
    'app/values/db.yaml': 'size: 3\n',
    'app/values/more.yaml': 'more: 4\n',
    'app/charts/db-1.0.0/db/Chart.yaml': 'apiVersion: v2\nname: db\nversion: 1.0.0\n',
    'app/charts/db-1.0.0/db/values.yaml': 'size: 1\n',
    'app/charts/db-1.0.0/db/crds/all.yaml':
      'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: dbs.example.com}\n',
    'app/charts/db-1.0.0/db/templates/a.yaml': aConfigMap(
      '{{ .Release.Name }}',
      '"{{ .Values.size }} {{ .Values.more }} {{ .Values.inline }} {{ .Capabilities.KubeVersion }}"',
    ),
    'app/charts/db-1.0.0/db/templates/test.yaml':
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: test\n  annotations: {helm.sh/hook: test}\n',
    'app/charts/cache/Chart.yaml': 'apiVersion: v2\nname: cache\nversion: 1.0.0\n',
    'app/charts/cache/values.yaml': '',
    'app/charts/cache/templates/a.yaml': aConfigMap(
      '{{ .Release.Name }}',
      '"{{ .Release.Namespace }} {{ .Capabilities.KubeVersion }}"',
    ),
  },
  objects: [
    { kind: 'CustomResourceDefinition' },
    { kind: 'ConfigMap', metadata: { name: 'a' } },
    { metadata: { name: 'orders' }, data: { k: '3 4 yes v1.36.3', patched: 'yes' } },
    { metadata: { name: 'sessions' }, data: { k: 'other v1.30.0' } },
  ],
}
