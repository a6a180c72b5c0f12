import { type Test, test } from 'tap'
import type { Substitution } from '../../../src/domain/application.ts'
import { createSecret } from '../../../src/domain/secret.ts'
import { aRenderer, type CommitFiles, refusedRender, renderInput } from '../../support/a-render.ts'
import { helm } from '../../support/helm-options.ts'

function plain(variables: Substitution['variables'], strict = true) {
  return { render: { type: 'plain' as const, substitute: { variables, strict } } }
}

async function objectsOf(t: Test, files: CommitFiles, overrides: ReturnType<typeof plain>) {
  const renderer = await aRenderer(t)
  const { objects } = await renderer.render(renderInput(t, files, overrides))
  return objects.map(({ object }) => object)
}

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: \${app}-web
  labels:
    version: \${version}
spec:
  replicas: \${n}
  paused: \${paused}
  template:
    metadata:
      annotations:
        build: \${n}
    spec:
      nodeSelector:
        gpu: \${paused}
      containers:
        - name: \${app}
          image: registry/\${app}:\${version:-latest}
          args:
            - \${n}
            - --level=\${n}
          env:
            - name: COUNT
              value: \${n}
          ports: [{ containerPort: "\${n}" }]
`

test('variables', async (t) => {
  const variables = { app: 'shop', version: '1.30', n: '3', paused: 'true' }

  await t.test('are replaced in texts, and become numbers where those may stand', async (t) => {
    const [object] = await objectsOf(t, { 'app/a.yaml': deployment }, plain(variables))

    t.match(object, {
      metadata: { name: 'shop-web', labels: { version: '1.30' } },
      spec: {
        replicas: 3,
        paused: true,
        template: {
          metadata: { annotations: { build: '3' } },
          spec: {
            nodeSelector: { gpu: 'true' },
            containers: [
              {
                name: 'shop',
                image: 'registry/shop:1.30',
                args: ['3', '--level=3'],
                env: [{ name: 'COUNT', value: '3' }],
                ports: [{ containerPort: '3' }],
              },
            ],
          },
        },
      },
    })
  })

  await t.test('never become a list, a mapping, a comment or another line', async (t) => {
    const hostile = {
      list: '[a, b]',
      map: '{a: b}',
      pair: 'a: b',
      comment: 'a # b',
      lines: 'a\nb: c\r\nd',
      alias: '*x',
      tag: '!!int 5',
      end: '...',
      documents: '--- a',
    }
    const spec = Object.keys(hostile).map((name) => `  ${name}: \${${name}}\n`)
    const files = {
      'app/a.yaml': `apiVersion: x/v1\nkind: X\nmetadata: {name: x}\nspec:\n${spec.join('')}`,
    }

    const [object] = await objectsOf(t, files, plain(hostile))

    t.strictSame(object?.['spec'], { ...hostile, lines: 'ab: cd' })
  })

  await t.test('may bring quotes along, be empty, and stand in keys', async (t) => {
    const files = {
      'app/a.yaml':
        'apiVersion: x/v1\nkind: X\nmetadata: {name: x}\nspec:\n  a: ${q}\n  b: ${e}\n  ${k}: "${q}"\n',
    }
    const given = plain({ q: '"5"', e: '', k: 'key' })

    const [object] = await objectsOf(t, files, given)

    t.strictSame(object?.['spec'], { a: '5', b: null, key: '"5"' })
  })

  await t.test('are left alone where the object, or the configuration, says so', async (t) => {
    const withMark = (name: string, field: string, mark: string) =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  ${field}: {${mark}: disabled}\ndata: {k: "\${n} $$"}\n`
    const ours = 'landfall.dev/substitute'
    const flux = 'kustomize.toolkit.fluxcd.io/substitute'
    const files = {
      'app/a.yaml': withMark('a', 'annotations', ours),
      'app/b.yaml': withMark('b', 'labels', ours),
      'app/c.yaml': withMark('c', 'annotations', flux),
      'app/d.yaml': withMark('d', 'labels', flux),
    }

    const objects = await objectsOf(t, files, plain({ n: '1' }))

    t.strictSame(
      objects.map((object) => object['data']),
      Array.from({ length: 4 }, () => ({ k: '${n} $$' })),
    )
    const renderer = await aRenderer(t)
    const file = { 'app/a.yaml': withMark('a', 'labels', 'x').replace('disabled', 'enabled') }
    const { objects: asTheyAre } = await renderer.render(renderInput(t, file))
    t.strictSame(asTheyAre[0]?.object['data'], { k: '${n} $$' }, 'nothing is replaced unasked')
  })

  await t.test(
    'that are not defined are errors with object, file and line, all at once',
    async (t) => {
      const file = `apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data:
  x: \${nowhere}
  y: \${missing:=given}
  z: \${else} and \${n
`
      const error = await refusedRender(t, plain({ n: '1' }), { 'app/a.yaml': file })

      t.equal(error.code, 'RENDER_INVALID')
      t.match(error.text, 'app/a.yaml:5: ConfigMap a: data.x: variable nowhere is not defined;')
      t.equal(error.subjects.length, 2)
      t.match(error.subjects[1], { file: 'app/a.yaml', object: 'ConfigMap a', message: /else/ })
    },
  )

  await t.test('that are not defined are empty where strict is false', async (t) => {
    const file = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: "<${nowhere}>"}\n'

    const [object] = await objectsOf(t, { 'app/a.yaml': file }, plain({}, false))

    t.strictSame(object?.['data'], { x: '<>' })
  })

  await t.test('cannot make two keys one, nor a key that is refused', async (t) => {
    const file = (keys: string) =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {${keys}}\n`
    const given = plain({ k: 'x', p: '__proto__' })

    const twice = await refusedRender(t, given, { 'app/a.yaml': file('"${k}": a, x: b') })
    const polluting = await refusedRender(t, given, { 'app/a.yaml': file('"${p}": a') })

    t.match(twice.text, /a key appears twice/)
    t.match(polluting.text, /the key __proto__ is refused/)
  })

  await t.test('cannot make an object larger than one may be', async (t) => {
    const lines = Array.from({ length: 40 }, (_, index) => `  k${index}: \${long}\n`).join('')
    const file = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n${lines}`
    const long = 'x'.repeat(60_000)

    const error = await refusedRender(t, plain({ long }), { 'app/a.yaml': file })

    t.match(error.text, /larger than 1048576 bytes/)
    t.notMatch(error.text, /xxx/)
  })

  await t.test('that are secret are replaced, and another value renders anew', async (t) => {
    const file = {
      'app/a.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  k: ${pw}\n',
    }
    const renderer = await aRenderer(t)
    const data = async (value: string) => {
      const input = renderInput(t, file, plain({ pw: createSecret(value) }))
      const { objects } = await renderer.render(input)
      return objects[0]?.object['data']
    }

    t.strictSame(await data('12'), { k: Buffer.from('12').toString('base64') })
    t.strictSame(await data('{13'), { k: Buffer.from('{13').toString('base64') })
    t.strictSame(await data('12'), { k: Buffer.from('12').toString('base64') })
  })

  await t.test('are replaced in what kustomize and helm made', async (t) => {
    const renderer = await aRenderer(t)
    const substitute = { variables, strict: true }
    const kustomize = renderInput(
      t,
      {
        'app/kustomization.yaml': 'resources: [a.yaml]\nnameSuffix: -x\n',
        'app/a.yaml': deployment,
      },
      { render: { type: 'kustomize', substitute } },
    )
    const chart = renderInput(
      t,
      {
        'app/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
        'app/templates/a.yaml': deployment,
      },
      { render: { ...helm().render, substitute } },
    )
    for (const [input, name] of [
      [kustomize, 'shop-web-x'],
      [chart, 'shop-web'],
    ] as const) {
      const { objects } = await renderer.render(input)
      t.match(objects[0]?.object, { metadata: { name }, spec: { replicas: 3 } })
    }
  })
})
