import { test } from 'tap'
import { aRenderer, renderInput } from '../support/a-render.ts'
import { kustomizeCases } from '../support/kustomize-cases.ts'

const unrelated = { 'README.md': 'x', 'app/notes.txt': 'y', 'other/kustomization.yaml': '' }

test('kustomize is given the files it reads and no others, and makes the same of them', async (t) => {
  for (const [name, { files, objects }] of Object.entries(kustomizeCases)) {
    await t.test(name, async (t) => {
      const input = renderInput(t, { ...files, ...unrelated })
      const renderer = await aRenderer(t)
      const given: (readonly string[])[] = []
      const watched = {
        ...input,
        checkout: async (paths?: readonly string[]) => {
          if (paths !== undefined) given.push(paths)
          return input.checkout(paths)
        },
      }

      const rendered = await renderer.render(watched)

      t.match(
        rendered.objects,
        objects.map((object) => ({ object })),
      )
      t.equal(rendered.objects.length, objects.length)
      t.same(given, [Object.keys(files).sort()])
      const whole = { ...input, checkout: async () => input.checkout() }
      const other = await (await aRenderer(t)).render(whole)
      t.strictSame(rendered, other)
    })
  }
})
