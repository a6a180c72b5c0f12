import { tmpdir } from 'node:os'
import { test } from 'tap'
import { aRenderer, refusedRender, renderInput } from '../support/a-render.ts'
import { helm } from '../support/helm-options.ts'

const chart = 'apiVersion: v2\nname: web\nversion: 1.0.0\n'
const configMap = `apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}}
data:
  a: {{ .Values.a | quote }}
  b: {{ .Values.b | quote }}
`

test('helm', async (t) => {
  await t.test('renders a chart with release, namespace and capabilities', async (t) => {
    const renderer = await aRenderer(t)
    const files = {
      'app/Chart.yaml': chart,
      'app/values.yaml': 'a: from chart\n',
      'app/templates/sub/a.yaml': configMap,
      'app/templates/b.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: facts}
data:
  namespace: {{ .Release.Namespace }}
  kube: {{ .Capabilities.KubeVersion.Version }}
  widgets: {{ .Capabilities.APIVersions.Has "example.com/v1" | quote }}
  apps: {{ .Capabilities.APIVersions.Has "apps/v1" | quote }}
  service: {{ .Release.Service }}
`,
      'app/crds/c.yaml':
        'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: c}\n',
      'app/templates/NOTES.txt': 'not an object',
    }

    const { objects } = await renderer.render(renderInput(t, files, { namespace: 'shop' }))

    const found = Object.fromEntries(objects.map((item) => [item.object.metadata.name, item]))
    t.match(found, {
      c: { origin: { file: 'app/crds/c.yaml', line: 1 } },
      'task-agent': {
        origin: { file: 'app/templates/sub/a.yaml', line: 1 },
        object: { data: { a: 'from chart' } },
      },
      facts: {
        object: {
          data: {
            namespace: 'shop',
            kube: 'v1.36.3',
            widgets: 'false',
            apps: 'true',
            service: 'Helm',
          },
        },
      },
    })
    t.equal(objects.length, 3)
  })

  await t.test(
    'lets values win over value files, and a later file over an earlier one',
    async (t) => {
      const renderer = await aRenderer(t)
      const files = {
        'app/Chart.yaml': chart,
        'app/templates/a.yaml': `${configMap}  c: {{ .Values.c | quote }}\n`,
        'app/one.yaml': 'a: one\nb: one\nc: one\n',
        'shared/two.yaml': 'b: two\nc: two\n',
      }
      const options = helm({
        valueFiles: ['one.yaml', '../shared/two.yaml'],
        values: { c: 'inline' },
        releaseName: 'green',
      })

      const { objects } = await renderer.render(renderInput(t, files, options))

      t.match(objects[0]?.object, {
        metadata: { name: 'green' },
        data: { a: 'one', b: 'two', c: 'inline' },
      })
    },
  )

  await t.test('takes a committed dependency', async (t) => {
    const renderer = await aRenderer(t)
    const files = {
      'app/Chart.yaml': `${chart}dependencies:\n- name: db\n  version: 1.0.0\n  repository: https://charts.example.com\n`,
      'app/charts/db/Chart.yaml': 'apiVersion: v2\nname: db\nversion: 1.0.0\n',
      'app/charts/db/templates/a.yaml': configMap,
    }

    const { objects } = await renderer.render(renderInput(t, files, helm()))

    t.equal(objects[0]?.origin.file, 'app/charts/db/templates/a.yaml')
  })

  await t.test('leaves out hooks of another time than install and upgrade', async (t) => {
    const renderer = await aRenderer(t)
    const job = (name: string, hook: string) =>
      `---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  annotations: {helm.sh/hook: "${hook}"}\n`
    const files = {
      'app/Chart.yaml': chart,
      'app/templates/a.yaml':
        job('test', 'test') +
        job('clean-up', 'pre-delete,post-delete') +
        job('migrate', 'pre-upgrade, pre-install') +
        job('roll', 'pre-rollback'),
    }

    const { objects, warnings } = await renderer.render(renderInput(t, files, helm()))

    t.same(
      objects.map(({ object }) => object.metadata.name),
      ['migrate'],
    )
    t.same(warnings.length, 2, warnings.join())
    t.match(warnings[0], /ConfigMap clean-up is a helm hook \(pre-delete,post-delete\)/)
  })

  await t.test('fails with its own words', async (t) => {
    const error = await refusedRender(t, helm(), {
      'app/Chart.yaml': chart,
      'app/templates/a.yaml': '{{ fail "set a first" }}',
    })

    t.match(error, { code: 'RENDER_FAILED', text: /^helm failed: [^]*set a first/ })
    t.notMatch(error.text, tmpdir())
  })

  await t.test('names the template of an object that is none', async (t) => {
    const error = await refusedRender(t, helm(), {
      'app/Chart.yaml': chart,
      'app/templates/a.yaml': configMap,
      'app/templates/b.yaml': 'kind: ConfigMap\nmetadata: {name: b}\n',
    })

    t.match(error, {
      code: 'RENDER_INVALID',
      subjects: [{ file: 'app/templates/b.yaml', line: 1, object: 'ConfigMap b' }],
    })
  })

  await t.test('says that there is no chart', async (t) => {
    t.match(await refusedRender(t, helm(), { 'app/x.yaml': '' }), {
      code: 'RENDER_INVALID',
      subjects: [{ file: 'app/Chart.yaml' }],
    })
  })
})
