import { test } from 'tap'
import { aRenderer, type CommitFiles, renderInput } from '../support/a-render.ts'
import { aConfigMap } from '../support/kustomize-cases.ts'
import { originsOf } from '../support/origins-of.ts'

const kustomize = { type: 'kustomize' } as const

test('what nobody can tell is from the kustomization of the application', async (t) => {
  const cases: Readonly<Record<string, CommitFiles>> = {
    'of two files that declare it': {
      'app/kustomization.yaml': 'resources: [blue, green]\n',
      'app/blue/kustomization.yaml': 'resources: [a.yaml]\nnamePrefix: blue-\n',
      'app/blue/a.yaml': aConfigMap('a'),
      'app/green/kustomization.yaml': 'resources: [a.yaml]\nnamePrefix: green-\n',
      'app/green/a.yaml': aConfigMap('a'),
    },
    'of a name that a patch wrote': {
      'app/kustomization.yaml': `resources: [a.yaml, b.yaml]
patches:
- target: {name: a}
  options: {allowNameChange: true}
  patch: '[{"op": "replace", "path": "/metadata/name", "value": "b-new"}]'
- target: {name: b}
  options: {allowNameChange: true}
  patch: '[{"op": "replace", "path": "/metadata/name", "value": "c"}]'
`,
      'app/a.yaml': aConfigMap('a'),
      'app/b.yaml': aConfigMap('b'),
    },
    'of more documents than are read': {
      'app/kustomization.yaml': 'resources: [a.yaml]\n',
      'app/a.yaml': `${aConfigMap('a')}${'---\n# x\n'.repeat(10_000)}`,
    },
    'of a larger file than is read': {
      'app/kustomization.yaml': 'resources: [a.yaml]\n',
      'app/a.yaml': `${aConfigMap('a')}#${' '.repeat(10 * 1024 * 1024)}\n`,
    },
  }
  for (const [name, files] of Object.entries(cases)) {
    await t.test(name, async (t) => {
      const places = Object.values(await originsOf(t, files))

      t.ok(places.length > 0)
      t.same(new Set(places), new Set(['app/kustomization.yaml:1']))
    })
  }
})

test('no object is changed to tell where it is from', async (t) => {
  const render = async (kustomization: string) => {
    const renderer = await aRenderer(t)
    const files = { 'app/kustomization.yaml': kustomization, 'app/a.yaml': aConfigMap('a') }
    return (await renderer.render(renderInput(t, files, { render: kustomize }))).objects
  }

  await t.test('without the annotation', async (t) => {
    const [item] = await render('resources: [a.yaml]\n')

    t.strictSame(item?.object.metadata, { name: 'a' })
  })

  await t.test('with the annotation for whoever asks for it', async (t) => {
    const [item] = await render('resources: [a.yaml]\nBuildMetadata: [originAnnotations]\n')

    t.strictSame(item?.object.metadata.annotations, {
      'config.kubernetes.io/origin': 'path: a.yaml\n',
    })
    t.same(item?.origin, { file: 'app/a.yaml', line: 1 })
  })
})
