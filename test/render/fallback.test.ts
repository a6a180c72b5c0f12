import { join } from 'node:path'
import { test } from 'tap'
import { aRenderer, renderInput } from '../support/a-render.ts'
import { writeProgram } from '../support/a-tool.ts'
import { rendererTools } from '../support/tools.ts'

const files = {
  'app/kustomization.yaml': 'resources: []\n',
  'elsewhere/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n',
}

/** A kustomize that reads a file no kustomization names. */
async function aCuriousRenderer(t: Parameters<typeof aRenderer>[0], script: string) {
  const kustomize = join(t.testdir(), 'kustomize')
  await writeProgram(kustomize, `#!/bin/sh\nPATH=/usr/bin:/bin\n${script}\n`)
  return aRenderer(t, { tools: { ...(await rendererTools()), kustomize } })
}

test('a tool that needs more than was foreseen', async (t) => {
  const renderer = await aCuriousRenderer(t, 'cat ../elsewhere/a.yaml')
  const render = async (change: Readonly<Record<string, string>>) => {
    const input = renderInput(t, { ...files, ...change })
    const rendered = await renderer.render(input)
    const { checkouts, wholeCheckouts } = input.calls
    return { ...rendered, checkouts: [checkouts, wholeCheckouts] }
  }

  await t.test('is given the whole commit, and that is told', async (t) => {
    const { objects, warnings, checkouts } = await render({})

    t.match(objects, [{ object: { metadata: { name: 'a' } } }])
    t.match(warnings, [/^kustomize reads files that Landfall did not expect/])
    t.same(checkouts, [2, 1])
  })

  await t.test('is run again at each commit from then on', async (t) => {
    const renamed = {
      'elsewhere/a.yaml': files['elsewhere/a.yaml'].replace('{name: a}', '{name: b}'),
    }

    const { objects, checkouts } = await render(renamed)

    t.match(objects, [{ object: { metadata: { name: 'b' } } }])
    t.same(checkouts, [1, 1])
    t.same((await render(renamed)).checkouts, [0, 0])
  })
})

test('a tool that fails with the whole commit too fails', async (t) => {
  const renderer = await aCuriousRenderer(t, 'echo no >&2; exit 1')
  const input = renderInput(t, files)

  await t.rejects(renderer.render(input), {
    code: 'RENDER_FAILED',
    message: /kustomize failed: no/,
  })
  t.match(input.calls, { checkouts: 2, wholeCheckouts: 1 })
})

test('a tool that was ended at a limit is not run again', async (t) => {
  const renderer = await aCuriousRenderer(t, 'kill -9 $$')
  const input = renderInput(t, files)

  await t.rejects(renderer.render(input), { code: 'RENDER_FAILED', message: /was ended by/ })
  t.match(input.calls, { checkouts: 1, wholeCheckouts: 0 })
})
