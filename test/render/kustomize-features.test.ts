import { test } from 'tap'
import type { CheckoutContents } from '../../src/domain/commit-tree.ts'
import { aRenderer, type CommitFiles, renderInput } from '../support/a-render.ts'
import { inflatedCharts } from '../support/inflated-charts.ts'
import { aConfigMap, kustomizeCases } from '../support/kustomize-cases.ts'

const cases = { ...kustomizeCases, 'charts that helm is run on': inflatedCharts }
const unrelated = { 'README.md': 'x', 'app/notes.txt': 'y', 'other/kustomization.yaml': '' }

/** A chart is taken with all of its folder. */
function filesAt(paths: readonly string[], files: CommitFiles): readonly string[] {
  const isTaken = (file: string) =>
    paths.some((path) => file === path || file.startsWith(`${path}/`))
  const all = [...Object.keys(files), ...Object.keys(unrelated)]
  return all.filter(isTaken).sort()
}

test('kustomize is given the files it reads and no others, and makes the same of them', async (t) => {
  for (const [name, { files, helmCharts, objects }] of Object.entries(cases)) {
    await t.test(name, async (t) => {
      const render = { type: 'kustomize', helmCharts: helmCharts ?? false } as const
      const input = renderInput(t, { ...files, ...unrelated }, { render })
      const renderer = await aRenderer(t)
      const given: (readonly string[])[] = []
      const watched = {
        ...input,
        checkout: async (contents?: CheckoutContents) => {
          if (contents?.paths !== undefined) given.push(contents.paths)
          return input.checkout(contents)
        },
      }

      const rendered = await renderer.render(watched)

      t.match(
        rendered.objects,
        objects.map((object) => ({ object })),
      )
      t.equal(rendered.objects.length, objects.length)
      t.same(
        given.map((paths) => filesAt(paths, files)),
        [Object.keys(files).sort()],
      )
      const whole = { ...input, checkout: async () => input.checkout() }
      const other = await (await aRenderer(t)).render(whole)
      t.strictSame(rendered, other)
    })
  }
})

test('a chart that kustomize runs helm on asks for the cluster as any other', async (t) => {
  const renderer = await aRenderer(t)
  const render = { type: 'kustomize', helmCharts: true } as const
  const files = (value: string) => ({
    'app/kustomization.yaml': 'helmCharts: [{name: db, releaseName: db}]\n',
    'app/charts/db/Chart.yaml': 'apiVersion: v2\nname: db\nversion: 1.0.0\n',
    'app/charts/db/values.yaml': '',
    'app/charts/db/templates/a.yaml': aConfigMap('a', value),
  })
  const asking = renderInput(t, files('{{ .Capabilities.APIVersions.Has "apps/v1" | quote }}'), {
    render,
  })
  const unasking = renderInput(t, files('none'), { render })

  const { objects } = await renderer.render(asking)
  await renderer.render(unasking)

  t.match(objects[0]?.object, { data: { k: 'true' } })
  t.equal(asking.calls.capabilities, 1)
  t.equal(unasking.calls.capabilities, 0)
})
