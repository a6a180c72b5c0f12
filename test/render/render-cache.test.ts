import { chmod, copyFile, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import { aRenderer, renderInput } from '../support/a-render.ts'
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
  t.same(again.calls, { lists: 0, reads: 0, checkouts: 0, capabilities: 0 })
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

test('kustomize is run again when anything of the commit changed', async (t) => {
  const renderer = await aRenderer(t)
  const overlay = { 'app/kustomization.yaml': 'resources: [../base]\n' }
  const base = 'resources: [a.yaml]\n'
  const before = { ...overlay, 'base/kustomization.yaml': base, 'base/a.yaml': aConfigMap('a') }
  const after = { ...before, 'base/a.yaml': aConfigMap('a', 'new') }
  const [one, two, three] = [renderInput(t, before), renderInput(t, before), renderInput(t, after)]
  t.equal(one.pathTree, three.pathTree, 'the path itself is unchanged')

  t.match((await renderer.render(one)).objects[0]?.object, { data: { k: 'v' } })
  await renderer.render(two)
  t.equal(two.calls.checkouts, 0)
  t.match((await renderer.render(three)).objects[0]?.object, { data: { k: 'new' } })
})

test('helm is run again when the cluster, the values or helm itself changed', async (t) => {
  const dir = t.testdir()
  const tools = await rendererTools()
  const helm = join(dir, 'helm')
  await copyFile(tools.helm, helm)
  await chmod(helm, 0o755)
  const renderer = await aRenderer(t, { tools: { ...tools, helm } })
  const files = {
    'app/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
    'app/templates/a.yaml': aConfigMap('a', '{{ .Values.v | default "none" }}'),
  }
  const checkouts = async (input: ReturnType<typeof renderInput>) => {
    await renderer.render(input)
    return input.calls.checkouts
  }
  const upgraded = renderInput(t, files)
  const capabilities = async () => ({ kubeVersion: 'v1.37.0', apiVersions: ['v1', 'apps/v1'] })
  const options = { type: 'helm', valueFiles: [], releaseName: undefined } as const

  t.equal(await checkouts(renderInput(t, files)), 1)
  t.equal(await checkouts(renderInput(t, files)), 0)
  t.equal(await checkouts({ ...upgraded, capabilities }), 1)
  t.equal(await checkouts(renderInput(t, files, { render: { ...options, values: { v: 1 } } })), 1)
  await utimes(helm, 1, 1)
  t.equal(await checkouts(renderInput(t, files)), 1)
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
