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

test('D2: a dependency that is not committed is refused with its line', async (t) => {
  const error = await refusedRender(t, helm(), {
    'app/Chart.yaml': `${chart}dependencies:\n- name: db\n  version: 1.0.0\n  repository: https://charts.example.com\n- name: ../x\n`,
  })

  t.match(error, {
    code: 'RENDER_REFUSED',
    subjects: [
      { file: 'app/Chart.yaml', line: 5, message: /db is not in charts/ },
      { line: 8, message: /no chart name/ },
    ],
  })
})

test('D3: a release name is never an option', async (t) => {
  for (const releaseName of [
    '--post-renderer=./x.sh',
    '-g',
    'a b',
    'A',
    'a.b',
    '',
    'a'.repeat(54),
  ]) {
    const error = await refusedRender(t, helm({ releaseName }), { 'app/Chart.yaml': chart })
    t.equal(error.code, 'RENDER_REFUSED', releaseName)
  }
})

test('D4: value files are paths inside the repository', async (t) => {
  const files = {
    'app/Chart.yaml': chart,
    'app/link.yaml': { link: '/etc/passwd' },
    'app/up.yaml': { link: '../../../secret' },
    'app/folder/x': '',
    'app/a,b.yaml': '',
    'app/templates/a.yaml': configMap,
  }
  const hostile = [
    '../../../x',
    '/etc/passwd',
    'https://example.com/values.yaml',
    'http:values.yaml',
    'secrets://values.yaml',
    's3::bucket/values.yaml',
    'git+https://example.com/x',
    '-',
    '--set=a=b',
    'a,b.yaml',
    'link.yaml',
    'up.yaml',
    'folder',
    'absent.yaml',
    ' values.yaml',
    '',
  ]
  for (const file of hostile) {
    const error = await refusedRender(t, helm({ valueFiles: [file] }), files)
    t.equal(error.code, 'RENDER_REFUSED', file)
    t.notMatch(error.text, /root:/)
  }
})

test('D4: a chart whose name is a path is refused', async (t) => {
  for (const name of ['..', '../x', '/x', 'a/b', '""', '[a]']) {
    const error = await refusedRender(t, helm(), {
      'app/Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`,
    })
    t.equal(error.code, 'RENDER_REFUSED', name)
  }
})

test('D5: a chart that writes without end is ended', async (t) => {
  const error = await refusedRender(t, helm(), {
    'app/Chart.yaml': chart,
    'app/templates/a.yaml': '{{ range until 3000000 }}# 0123456789\n{{ end }}',
  })

  t.match(error.code, /RENDER_(?:LIMIT|FAILED)/)
})

test('D5: a chart sees no environment and no host name', async (t) => {
  const renderer = await aRenderer(t)
  const files = {
    'app/Chart.yaml': chart,
    'app/templates/a.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data:
  env: '{{ if hasKey (dict) "x" }}{{ end }}'
  host: {{ getHostByName "localhost" | quote }}
`,
  }
  const { objects } = await renderer.render(renderInput(t, files, helm()))

  t.match(objects[0]?.object, { data: { env: '', host: '' } })
  const error = await refusedRender(t, helm(), {
    'app/Chart.yaml': chart,
    'app/templates/a.yaml': '{{ env "PATH" }}',
  })
  t.match(error.text, /function "env" not defined/)
})

test('D6: lookup finds nothing and asks nobody', async (t) => {
  const renderer = await aRenderer(t)
  const files = {
    'app/Chart.yaml': chart,
    'app/templates/a.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data:
  secret: '{{ lookup "v1" "Secret" "kube-system" "x" | toJson }}'
`,
  }

  const { objects } = await renderer.render(renderInput(t, files, helm()))

  t.match(objects[0]?.object, { data: { secret: '{}' } })
})

test('C4: a chart reads no file outside itself', async (t) => {
  const renderer = await aRenderer(t)
  const files = {
    'app/Chart.yaml': chart,
    'app/templates/a.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data:
  up: {{ .Files.Get "../other" | quote }}
  absolute: {{ .Files.Get "/etc/passwd" | quote }}
`,
    other: 'c4nary',
  }

  const { objects } = await renderer.render(renderInput(t, files, helm()))

  t.match(objects[0]?.object, { data: { up: '', absolute: '' } })
})

test('D9: values with a polluting key do not reach an object', async (t) => {
  const error = await refusedRender(t, helm(), {
    'app/Chart.yaml': chart,
    'app/values.yaml': 'data: {__proto__: {x: 1}}\n',
    'app/templates/a.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {{ toJson .Values.data }}\n',
  })

  t.equal(error.code, 'RENDER_REFUSED')
  t.equal(({} as { x?: unknown }).x, undefined)
})
