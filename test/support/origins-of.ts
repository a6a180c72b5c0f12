import type { Test } from 'tap'
import { aRenderer, type CommitFiles, renderInput } from './a-render.ts'

/** Where each object that kustomize makes is declared, by its name. */
export async function originsOf(
  t: Test,
  files: CommitFiles,
  { helmCharts = false, path = 'app' } = {},
) {
  const render = { type: 'kustomize', helmCharts } as const
  const renderer = await aRenderer(t)
  const { objects } = await renderer.render(renderInput(t, files, { path, render }))
  return Object.fromEntries(
    objects.map(({ object, origin }) => [object.metadata.name, `${origin.file}:${origin.line}`]),
  )
}
