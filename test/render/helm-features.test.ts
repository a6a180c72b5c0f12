import { test } from 'tap'
import { aRenderer, refusedRender, renderInput } from '../support/a-render.ts'
import { helmCases } from '../support/helm-cases.ts'
import { helm } from '../support/helm-options.ts'

test('helm is given the chart and its value files, and makes the same of them', async (t) => {
  for (const [name, { files, options = helm(), objects }] of Object.entries(await helmCases())) {
    await t.test(name, async (t) => {
      const input = renderInput(t, { ...files, 'README.md': 'x', 'other/a.yaml': 'y' }, options)
      const renderer = await aRenderer(t)

      const rendered = await renderer.render(input)

      const found = rendered.objects.map((item) => [item.object.metadata.name, item] as const)
      t.same(found.map(([one]) => one).sort(), Object.keys(objects).sort())
      t.match(Object.fromEntries(found), objects)
      t.match(input.calls, { checkouts: 1, wholeCheckouts: 0 })
      const whole = { ...input, checkout: async () => input.checkout() }
      t.strictSame(rendered, await (await aRenderer(t)).render(whole))
    })
  }
})

test('a schema of the chart judges the values', async (t) => {
  const error = await refusedRender(t, helm({ values: { replicas: 'many' } }), {
    'app/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
    'app/values.schema.json': '{"properties": {"replicas": {"type": "integer"}}}',
    'app/templates/a.yaml': '',
  })

  t.match(error, { code: 'RENDER_FAILED', text: /replicas/ })
})
