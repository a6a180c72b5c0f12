import type { Application } from '../../src/domain/application.ts'
import { aChartArchive } from './a-chart-archive.ts'
import type { CommitFiles } from './a-render.ts'
import { helm } from './helm-options.ts'
import { aConfigMap } from './kustomize-cases.ts'

/** A chart at `app`, and what it must come to. */
export interface HelmCase {
  readonly files: CommitFiles
  readonly options?: Pick<Application, 'render'>
  /** Matched against objects and origins, by the name of the object. */
  readonly objects: Readonly<Record<string, unknown>>
}

const chart = 'apiVersion: v2\nname: web\nversion: 1.0.0\n'

function aChart(name: string, more = ''): string {
  return `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n${more}`
}

const dependencies = (...names: string[]) =>
  `dependencies:\n${names.map((name) => `- {name: ${name}, version: 1.0.0, repository: "https://charts.example.com"}\n`).join('')}`

const definition = (plural: string) => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ${plural}.example.com}
`

/** What people write in charts, feature by feature. */
export async function helmCases(): Promise<Readonly<Record<string, HelmCase>>> {
  return {
    'value files of other folders, the later over the earlier, values over all': {
      files: {
        'app/Chart.yaml': chart,
        'app/values.yaml': 'a: chart\nb: chart\nc: chart\nd: chart\n',
        'app/templates/a.yaml': aConfigMap(
          'a',
          '"{{ .Values.a }} {{ .Values.b }} {{ .Values.c }} {{ .Values.d }}"',
        ),
        'app/prod.yaml': 'b: prod\nc: prod\nd: prod\n',
        'values/region.yaml': 'c: region\nd: region\n',
      },
      options: helm({ valueFiles: ['prod.yaml', '../values/region.yaml'], values: { d: 'own' } }),
      objects: { a: { object: { data: { k: 'chart prod region own' } } } },
    },

    'definitions in crds/, of the chart and of those in it': {
      files: {
        'app/Chart.yaml': `${chart}${dependencies('db')}`,
        'app/crds/all.yaml': `${definition('shops')}---\n${definition('carts')}`,
        'app/charts/db/Chart.yaml': aChart('db'),
        'app/charts/db/crds/db.yaml': definition('databases'),
        'app/templates/shop.yaml':
          'apiVersion: example.com/v1\nkind: Shop\nmetadata: {name: shop}\nspec: {}\n',
      },
      objects: {
        'shops.example.com': { origin: { file: 'app/crds/all.yaml' } },
        'carts.example.com': { origin: { file: 'app/crds/all.yaml' } },
        'databases.example.com': { origin: { file: 'app/charts/db/crds/db.yaml' } },
        shop: { origin: { file: 'app/templates/shop.yaml' } },
      },
    },

    'charts in folders and archives, with conditions, aliases and global values': {
      files: {
        'app/Chart.yaml': `${chart}dependencies:
- {name: db, version: 1.0.0, repository: "https://charts.example.com", condition: db.enabled}
- {name: cache, version: 1.0.0, repository: "oci://registry.example.com/charts", alias: sessions}
- {name: queue, version: 1.0.0, repository: "https://charts.example.com", condition: queue.enabled}
`,
        'app/values.yaml':
          'global: {region: north}\ndb: {size: 3}\nsessions: {size: 5}\nqueue: {enabled: false}\n',
        'app/templates/web.yaml': aConfigMap('web'),
        'app/charts/db-1.0.0.tgz': await aChartArchive({
          'db/values.yaml': 'size: 1\n',
          'db/templates/a.yaml': aConfigMap(
            'db',
            '"{{ .Values.size }} {{ .Values.global.region }}"',
          ),
        }),
        'app/charts/cache/Chart.yaml': aChart('cache'),
        'app/charts/cache/templates/a.yaml': aConfigMap(
          '{{ .Chart.Name }}',
          '"{{ .Values.size }}"',
        ),
        'app/charts/queue/Chart.yaml': aChart('queue'),
        'app/charts/queue/templates/a.yaml': aConfigMap('queue'),
      },
      objects: {
        web: { object: { data: { k: 'v' } } },
        db: {
          object: { data: { k: '3 north' } },
          origin: { file: 'app/charts/db/templates/a.yaml' },
        },
        sessions: { object: { data: { k: '5' } } },
      },
    },

    'a chart in a chart in a chart, and a library': {
      files: {
        'app/Chart.yaml': `${chart}${dependencies('db', 'common')}`,
        'app/templates/a.yaml': '{{ include "common.map" . }}',
        'app/charts/common/Chart.yaml': aChart('common', 'type: library\n'),
        'app/charts/common/templates/_map.tpl': `{{- define "common.map" -}}\n${aConfigMap('{{ .Release.Name }}-{{ .Chart.Name }}')}{{- end -}}\n`,
        'app/charts/db/Chart.yaml': aChart('db', dependencies('disk')),
        'app/charts/db/charts/disk-1.0.0.tgz': await aChartArchive(
          { 'disk/templates/a.yaml': aConfigMap('disk') },
          { name: 'disk' },
        ),
      },
      objects: {
        'task-agent-web': {},
        disk: { origin: { file: 'app/charts/db/charts/disk/templates/a.yaml' } },
      },
    },

    'files, templates of values, and what .helmignore leaves out': {
      files: {
        'app/Chart.yaml': chart,
        'app/.helmignore': 'templates/ignored.yaml\n*.secret\n',
        'app/values.yaml': 'text: "{{ .Release.Name }}"\n',
        'app/conf/a.conf': 'conf',
        'app/conf/b.secret': 'secret',
        'app/templates/ignored.yaml': 'not a manifest',
        'app/templates/a.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data:
  text: {{ tpl .Values.text . }}
  file: {{ .Files.Get "conf/a.conf" | quote }}
  none: {{ .Files.Get "conf/b.secret" | quote }}
  optional: {{ .Files.Get "conf/c.conf" | quote }}
  glob: {{ len (.Files.Glob "conf/*") | quote }}
`,
      },
      objects: {
        a: {
          object: { data: { text: 'task-agent', file: 'conf', none: '', optional: '', glob: '1' } },
        },
      },
    },

    'hooks with their weights': {
      files: {
        'app/Chart.yaml': chart,
        'app/templates/migrate.yaml': `apiVersion: batch/v1
kind: Job
metadata:
  name: migrate
  annotations: {helm.sh/hook: "pre-install,pre-upgrade", helm.sh/hook-weight: "-5"}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: a}]}}}
`,
        'app/templates/a.yaml': aConfigMap('a'),
      },
      objects: {
        migrate: { object: { metadata: { annotations: { 'helm.sh/hook-weight': '-5' } } } },
        a: {},
      },
    },

    'links to files and folders of the repository': {
      files: {
        'app/Chart.yaml': chart,
        'app/values.yaml': { link: '../shared/values.yaml' },
        'app/templates/common': { link: '../../shared/templates' },
        'shared/values.yaml': 'v: shared\n',
        'shared/templates/a.yaml': aConfigMap('a', '{{ .Values.v }}'),
        'shared/templates/b.yaml': { link: '../deep/b.yaml' },
        'shared/deep/b.yaml': aConfigMap('b'),
      },
      objects: { a: { object: { data: { k: 'shared' } } }, b: {} },
    },

    'a chart of the older kind': {
      files: {
        'app/Chart.yaml': 'apiVersion: v1\nname: web\nversion: 1.0.0\n',
        'app/requirements.yaml': dependencies('db'),
        'app/charts/db/Chart.yaml': aChart('db'),
        'app/charts/db/templates/a.yaml': aConfigMap('db'),
      },
      objects: { db: {} },
    },
  }
}
