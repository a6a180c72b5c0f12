import { chmod, copyFile, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import type { Application } from '../../src/domain/application.ts'
import { aChartArchive } from '../support/a-chart-archive.ts'
import { aRenderer, type CommitFiles, renderInput } from '../support/a-render.ts'
import { rendererTools } from '../support/tools.ts'

function aConfigMap(name: string, value = 'v'): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {k: ${value}}\n`
}

test('a commit that was rendered is not rendered again', async (t) => {
  const renderer = await aRenderer(t)
  const plain = renderInput(t, { 'app/a.yaml': aConfigMap('a') })
  const first = await renderer.render(plain)
  const again = renderInput(t, { 'app/a.yaml': aConfigMap('a'), 'other/b.yaml': 'changed' })

  t.equal(await renderer.render(again), first, 'the very same, and nothing was read')
  t.same(again.calls, { lists: 0, reads: 0, checkouts: 0, wholeCheckouts: 0, capabilities: 0 })
})

test('a push parses only the files it changed', async (t) => {
  const renderer = await aRenderer(t)
  const files = { 'app/a.yaml': aConfigMap('a'), 'app/b.yaml': aConfigMap('b') }
  const before = await renderer.render(renderInput(t, files))
  const input = renderInput(t, { ...files, 'app/b.yaml': aConfigMap('b', 'new') })

  const after = await renderer.render(input)

  t.equal(input.calls.reads, 1)
  t.equal(after.objects[0]?.object, before.objects[0]?.object, 'an unchanged object is the same')
  t.match(after.objects[1]?.object, { data: { k: 'new' } })
})

test('what is shared cannot be changed', async (t) => {
  const renderer = await aRenderer(t)
  const { objects } = await renderer.render(renderInput(t, { 'app/a.yaml': aConfigMap('a') }))

  t.throws(() => Object.assign(objects[0]?.object.metadata ?? {}, { name: 'b' }), TypeError)
  t.throws(() => Object.assign(objects, { 0: undefined }), TypeError)
})

test('an error is not remembered', async (t) => {
  const renderer = await aRenderer(t)
  const files = { 'app/a.yaml': 'kind: ConfigMap\n' }
  const inputs = [renderInput(t, files), renderInput(t, files)]

  for (const input of inputs) await t.rejects(renderer.render(input), { code: 'RENDER_INVALID' })

  t.same(
    inputs.map(({ calls }) => calls.reads),
    [1, 1],
  )
})

test('one blob in two files keeps both places', async (t) => {
  const renderer = await aRenderer(t)
  const text = aConfigMap('a')
  const two = renderInput(t, { 'app/a.yaml': text, 'app/b.yaml': text })

  await t.rejects(renderer.render(two), {
    message: /app\/b\.yaml:1: .*also declared at app\/a\.yaml/,
  })
  const moved = await renderer.render(renderInput(t, { 'app/c.yaml': text }))
  t.equal(moved.objects[0]?.origin.file, 'app/c.yaml')
})

test('the namespace and the name of the application are part of the key', async (t) => {
  const renderer = await aRenderer(t)
  const namespaced = aConfigMap('a').replace('{name: a}', '{name: a, namespace: shop}')
  const files = { 'app/a.yaml': aConfigMap('a'), 'app/b.yaml': namespaced }

  t.equal((await renderer.render(renderInput(t, files))).objects.length, 2)
  const shop = renderInput(t, files, { namespace: 'shop' })
  await t.rejects(renderer.render(shop), { code: 'RENDER_INVALID' })
})

test('kustomize is run again when anything it reads changed, and for nothing else', async (t) => {
  const renderer = await aRenderer(t)
  const before = {
    'app/kustomization.yaml': 'resources: [../base]\n',
    'base/kustomization.yaml': 'resources: [a.yaml]\n',
    'base/a.yaml': aConfigMap('a'),
  }
  const render = async (change: Readonly<Record<string, string>>) => {
    const input = renderInput(t, { ...before, ...change })
    const { objects } = await renderer.render(input)
    return { object: objects[0]?.object, checkouts: input.calls.checkouts }
  }

  t.match(await render({}), { object: { data: { k: 'v' } }, checkouts: 1 })
  t.equal((await render({ 'base/other.yaml': '', 'README.md': 'x' })).checkouts, 0)
  const renewed = await render({ 'base/a.yaml': aConfigMap('a', 'new') })
  t.match(renewed, { object: { data: { k: 'new' } }, checkouts: 1 })
  t.match(await render({}), { object: { data: { k: 'v' } }, checkouts: 0 }, 'and back again')
})

const chart = {
  'app/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
  'app/templates/a.yaml': aConfigMap('a', '{{ .Values.v | default "none" }}'),
}
const newer = { kubeVersion: 'v1.37.0', apiVersions: ['v1', 'example.com/v1'] }
const options = { type: 'helm', valueFiles: [], values: {}, releaseName: undefined } as const

test('helm is run again when the chart, the values or helm itself changed', async (t) => {
  const dir = t.testdir()
  const tools = await rendererTools()
  const helm = join(dir, 'helm')
  await copyFile(tools.helm, helm)
  await chmod(helm, 0o755)
  const renderer = await aRenderer(t, { tools: { ...tools, helm } })
  const withFile = { ...options, valueFiles: ['../values/prod.yaml'] }
  const checkouts = async (...args: [change?: object, application?: Partial<Application>]) => {
    const input = renderInput(t, { ...chart, ...args[0] }, args[1])
    await renderer.render(input)
    return input.calls.checkouts
  }

  t.equal(await checkouts(), 1)
  t.equal(await checkouts({ 'other/x': '' }), 0)
  t.equal(await checkouts({ 'app/values.yaml': 'v: 2\n' }), 1)
  t.equal(await checkouts({}, { render: { ...options, values: { v: 1 } } }), 1)
  t.equal(await checkouts({ 'values/prod.yaml': 'v: 3\n' }, { render: withFile }), 1)
  t.equal(await checkouts({ 'values/prod.yaml': 'v: 4\n' }, { render: withFile }), 1)
  await utimes(helm, 1, 1)
  t.equal(await checkouts(), 1)
})

test('a chart that never asks for the cluster does not depend on it', async (t) => {
  const renderer = await aRenderer(t)
  const unknowing = renderInput(t, chart)
  await renderer.render(unknowing)
  const another = renderInput(t, chart)
  const again = await renderer.render({ ...another, capabilities: async () => newer })

  t.equal(unknowing.calls.capabilities, 0)
  t.equal(another.calls.checkouts, 0)
  t.match(again.objects[0]?.object, { data: { k: 'none' } })
})

test('a chart that asks for the cluster is rendered anew when that changed', async (t) => {
  const asks = '{{ .Capabilities.APIVersions.Has "example.com/v1" | quote }}'
  const archive = await aChartArchive({ 'db/templates/a.yaml': aConfigMap('a', asks) })
  const asking: Record<string, [files: CommitFiles, render?: Application['render']]> = {
    'in a template': [{ ...chart, 'app/templates/a.yaml': aConfigMap('a', asks) }],
    'in an archive of a chart': [
      {
        'app/Chart.yaml': chart['app/Chart.yaml'],
        'app/charts/db-1.0.0.tgz': archive,
      },
    ],
    'in a value of a template': [
      { ...chart, 'app/templates/a.yaml': aConfigMap('a', '{{ tpl .Values.v . }}') },
      { ...options, values: { v: asks } },
    ],
    'in a value file': [
      {
        ...chart,
        'app/templates/a.yaml': aConfigMap('a', '{{ tpl .Values.v . }}'),
        'values.yaml': `v: '${asks}'\n`,
      },
      { ...options, valueFiles: ['../values.yaml'] },
    ],
  }
  for (const [name, [files, render = options]] of Object.entries(asking)) {
    await t.test(name, async (t) => {
      const renderer = await aRenderer(t)
      const input = renderInput(t, files, { render })
      const before = await renderer.render(input)
      const after = await renderer.render({ ...input, capabilities: async () => newer })

      t.match(before.objects[0]?.object, { data: { k: 'false' } })
      t.match(after.objects[0]?.object, { data: { k: 'true' } })
      t.equal(input.calls.checkouts, 2)
    })
  }
})

test('a version of Kubernetes that a chart needs is that of the cluster', async (t) => {
  const renderer = await aRenderer(t)
  const needs = {
    ...chart,
    'app/Chart.yaml': `${chart['app/Chart.yaml']}kubeVersion: ">=1.37.0"\n`,
  }
  const input = renderInput(t, needs)

  await t.rejects(renderer.render(input), { message: /1\.36\.3/ })
  const { objects } = await renderer.render({ ...input, capabilities: async () => newer })
  t.equal(objects.length, 1)
})

test('a cache that is full forgets the oldest', async (t) => {
  const renderer = await aRenderer(t, { cacheBytes: 300 })
  const inputs = ['a', 'b', 'c', 'a'].map((name) =>
    renderInput(t, { 'app/a.yaml': aConfigMap(name, 'x'.repeat(50)) }),
  )

  for (const input of inputs) await renderer.render(input)

  t.same(
    inputs.map(({ calls }) => calls.reads),
    [1, 1, 1, 1],
  )
})
