import fc from 'fast-check'
import { test } from 'tap'
import { atAnotherTime } from '../../src/render/helm/later-chart.ts'
import { varyingFields } from '../../src/render/helm/varying-fields.ts'
import { aRenderer, type CommitFiles, refusedRender, renderInput } from '../support/a-render.ts'
import { helm } from '../support/helm-options.ts'

const chart = 'apiVersion: v2\nname: web\nversion: 1.0.0\n'
const secret = `apiVersion: v1
kind: Secret
metadata: {name: db}
stringData:
  user: postgres
  password: {{ randAlphaNum 16 | quote }}
`

function files(templates: Readonly<Record<string, string>>, more: CommitFiles = {}): CommitFiles {
  const entries = Object.entries(templates).map(([name, text]) => [`app/templates/${name}`, text])
  return { 'app/Chart.yaml': chart, ...Object.fromEntries(entries), ...more }
}

test('what a chart makes otherwise each time', async (t) => {
  await t.test('is named with object, file and fields, and never with its value', async (t) => {
    const renderer = await aRenderer(t)
    const input = renderInput(t, files({ 'db.yaml': secret }), helm())

    const { objects, warnings } = await renderer.render(input)

    t.strictSame(objects[0]?.unstable, ['/data/password'])
    t.strictSame(warnings, [
      'app/templates/db.yaml:1: Secret db: /data/password differ at every render; what the cluster has of them stays',
    ])
    t.equal((await renderer.render(input)).objects, objects, 'it is kept as any other render')
  })

  await t.test('is found for certificates, times of any length, and orders of maps', async (t) => {
    const configMap = `apiVersion: v1
kind: ConfigMap
metadata:
  name: facts
  annotations: { rolled: {{ now | date "2006" | quote }} }
data:
  {{- $ca := genCA "ca" 365 }}
  ca: {{ $ca.Cert | b64enc | quote }}
  checksum: {{ $ca.Cert | sha256sum | quote }}
  day: {{ dateInZone "2006-01-02" (now) "UTC" | quote }}
  text: "now is the time"
  fixed: {{ "now" | quote }}
`
    const renderer = await aRenderer(t)
    const { objects } = await renderer.render(
      renderInput(t, files({ 'a.yaml': configMap }), helm()),
    )

    t.strictSame(objects[0]?.unstable?.toSorted(), [
      '/data/ca',
      '/data/checksum',
      '/data/day',
      '/metadata/annotations/rolled',
    ])
  })

  await t.test('is found though two renders may agree by chance', async (t) => {
    const configMap = `apiVersion: v1
kind: ConfigMap
metadata: {name: order}
data:
  {{- range $at := until 40 }}
  at-{{ $at }}: {{ randInt 0 3 | quote }}
  {{- end }}
`
    const renderer = await aRenderer(t)
    const { objects } = await renderer.render(
      renderInput(t, files({ 'a.yaml': configMap }), helm()),
    )

    // Two renders agree in a third of the forty, five in one or none.
    t.ok((objects[0]?.unstable?.length ?? 0) >= 30, `${objects[0]?.unstable?.length} of 40`)
  })

  await t.test('is found in a dependency, and in what tpl is given', async (t) => {
    const renderer = await aRenderer(t)
    const inDependency = renderInput(
      t,
      files(
        {},
        {
          'app/charts/sub/Chart.yaml': chart.replace('web', 'sub'),
          'app/charts/sub/templates/db.yaml': secret,
        },
      ),
      helm(),
    )
    const byTpl = renderInput(
      t,
      files({ 'a.yaml': secret.replace('{{ randAlphaNum 16 | quote }}', '{{ tpl .Values.t . }}') }),
      helm({ values: { t: '{{ uuidv4 }}' } }),
    )
    for (const input of [inDependency, byTpl]) {
      t.strictSame((await renderer.render(input)).objects[0]?.unstable, ['/data/password'])
    }
  })

  await t.test('is found in a chart that a kustomization names', async (t) => {
    const renderer = await aRenderer(t)
    const kustomization = {
      'app/kustomization.yaml': 'helmCharts: [{name: web, releaseName: web}]\n',
      'app/charts/web/Chart.yaml': chart,
      'app/charts/web/values.yaml': '',
      'app/charts/web/templates/db.yaml': secret,
    }
    const render = { type: 'kustomize', helmCharts: true } as const

    const { objects } = await renderer.render(renderInput(t, kustomization, { render }))

    t.strictSame(objects[0]?.unstable, ['/data/password'])
  })

  await t.test('is nothing where it is the same each time', async (t) => {
    const renderer = await aRenderer(t)
    const same = secret.replace(
      'randAlphaNum 16',
      'print "now" (derivePassword 1 "long" "p" "u" "s")',
    )

    const { objects, warnings } = await renderer.render(
      renderInput(t, files({ 'db.yaml': same }), helm()),
    )

    t.equal(objects[0]?.unstable, undefined)
    t.strictSame(warnings, [])
  })

  await t.test('cannot be the name of an object, but for a hook', async (t) => {
    const named = (annotations: string) =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web-{{ randAlpha 5 | lower }}\n  annotations: {${annotations}}\n`

    const error = await refusedRender(t, helm(), files({ 'a.yaml': named('') }))
    t.match(error, {
      code: 'RENDER_REFUSED',
      text: /app\/templates\/a\.yaml:1: ConfigMap web-\w{5}: the chart gives it another name at every render/,
    })
    const renderer = await aRenderer(t)
    const hook = files({ 'a.yaml': named('helm.sh/hook: pre-upgrade') })
    const { objects } = await renderer.render(renderInput(t, hook, helm()))
    t.equal(objects[0]?.object.metadata.name, 'web')
  })
})

test('another time is put where now is called, and nowhere else', async (t) => {
  const later = '(now | dateModify "8765h49m13s")'
  const table: Readonly<Record<string, string>> = {
    '{{ now | date "2006" }} now': `{{ ${later} | date "2006" }} now`,
    '{{- $x := (now) -}}{{ now.Unix }}': `{{- $x := (${later}) -}}{{ ${later}.Unix }}`,
    '{{ .now }}{{ $now }}{{ nowhere }}{{ "now" }}{{ `now` }}{{/* now */}}':
      '{{ .now }}{{ $now }}{{ nowhere }}{{ "now" }}{{ `now` }}{{/* now */}}',
    '{{ "a \\" now" }}': '{{ "a \\" now" }}',
    'now {{ .x': 'now {{ .x',
  }
  for (const [template, expected] of Object.entries(table)) {
    t.equal(atAnotherTime(template), expected)
  }
})

test('the fields in which two values differ', async (t) => {
  t.strictSame(varyingFields({ a: [1, { 'b/c': 2 }], d: 3 }, { a: [1, { 'b/c': 4 }], e: 3 }), [
    '/a/1/b~1c',
    '/d',
    '/e',
  ])
  t.strictSame(varyingFields({ a: [1] }, { a: [1, 2] }), ['/a'])
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      return varyingFields(value, structuredClone(value)).length === 0
    }),
  )
})
