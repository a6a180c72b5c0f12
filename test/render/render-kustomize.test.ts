import { tmpdir } from 'node:os'
import { test } from 'tap'
import { aRenderer, refusedRender, renderInput } from '../support/a-render.ts'

const configMap = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: v}\n'
const kustomize = { render: { type: 'kustomize' } } as const

test('kustomize', async (t) => {
  await t.test('builds an overlay of a base elsewhere in the repository', async (t) => {
    const renderer = await aRenderer(t)
    const input = renderInput(
      t,
      {
        'app/prod/kustomization.yaml': 'resources: [../../base]\nnamePrefix: prod-\n',
        'base/kustomization.yaml': 'resources: [a.yaml]\n',
        'base/a.yaml': configMap,
      },
      { ...kustomize, path: 'app/prod' },
    )

    const { objects, warnings } = await renderer.render(input)

    t.match(objects, [
      {
        object: { kind: 'ConfigMap', metadata: { name: 'prod-a' }, data: { k: 'v' } },
        origin: { file: 'base/a.yaml', line: 1 },
      },
    ])
    t.same(warnings, [])
  })

  await t.test('passes its warnings on', async (t) => {
    const renderer = await aRenderer(t)
    const files = {
      'app/kustomization.yml': 'resources: [a.yaml]\ncommonLabels: {x: why}\n',
      'app/a.yaml': configMap,
    }

    const { warnings } = await renderer.render(renderInput(t, files, kustomize))

    t.match(warnings, [/^kustomize: 'commonLabels' is deprecated/])
  })

  await t.test('is told apart by its file', async (t) => {
    const renderer = await aRenderer(t)
    const files = { 'app/Kustomization': 'configMapGenerator: [{name: a}]\n' }

    const { objects } = await renderer.render(renderInput(t, files))

    t.match(objects, [{ origin: { file: 'app/Kustomization' } }])
  })

  await t.test('fails with its own words, without the path of this machine', async (t) => {
    const error = await refusedRender(t, kustomize, {
      'app/kustomization.yaml':
        'resources: [a.yaml]\npatches:\n- target: {kind: ConfigMap}\n  patch: "x"\n',
      'app/a.yaml': configMap,
    })

    t.equal(error.code, 'RENDER_FAILED')
    t.match(error.text, /^kustomize failed: /)
    t.notMatch(error.text, tmpdir())
  })

  await t.test('says that the folder has no kustomization', async (t) => {
    t.match(await refusedRender(t, kustomize, { 'app/a.yaml': configMap }), { stage: 'render' })
  })

  await t.test('takes no longer than it may', async (t) => {
    const renderer = await aRenderer(t, { timeoutMs: 1 })
    const input = renderInput(t, { 'app/kustomization.yaml': 'resources: []\n' }, kustomize)

    await t.rejects(renderer.render(input), { code: 'RENDER_TIMEOUT', message: /1 ms/ })
  })

  await t.test('says that it is not installed', async (t) => {
    const renderer = await aRenderer(t, { tools: { kustomize: undefined, helm: undefined } })
    const input = renderInput(t, { 'app/kustomization.yaml': 'resources: []\n' }, kustomize)

    await t.rejects(renderer.render(input), { code: 'TOOL_MISSING', message: /kustomize/ })
  })
})

test('an address in a text that is no reference is fine', async (t) => {
  const renderer = await aRenderer(t)
  const files = {
    'app/kustomization.yaml': `resources: [a.yaml]
commonAnnotations: {docs: "https://example.com/?ref=x"}
configMapGenerator:
- name: x
  literals: ["url=https://example.com"]
patches:
- patch: |
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: a}
    data: {url: "https://example.com"}
`,
    'app/a.yaml': configMap,
  }

  const { objects } = await renderer.render(renderInput(t, files, kustomize))

  t.equal(objects.length, 2)
})

test('field paths and inline patches are no references', async (t) => {
  const renderer = await aRenderer(t)
  const files = {
    'app/kustomization.yaml': `resources: [a.yaml]
transformers:
- labels.yaml
- |
  apiVersion: builtin
  kind: AnnotationsTransformer
  metadata: {name: x}
  annotations: {x: why}
  fieldSpecs: [{path: metadata/annotations, create: true}]
patchesStrategicMerge:
- |
  apiVersion: v1
  kind: ConfigMap
  metadata: {name: a}
  data: {path: /etc/passwd}
`,
    'app/labels.yaml': `apiVersion: builtin
kind: LabelTransformer
metadata: {name: x}
labels: {team: blue}
fieldSpecs: [{path: metadata/labels, create: true}]
`,
    'app/a.yaml': configMap,
  }

  const { objects } = await renderer.render(renderInput(t, files, kustomize))

  t.match(objects, [
    { object: { metadata: { labels: { team: 'blue' }, annotations: { x: 'why' } } } },
  ])
})
