import type { RenderFile } from './render.ts'

export type RendererName = 'plain' | 'kustomize' | 'helm'

/** How a folder wants to be rendered, by the file in it that says so. */
export function detectRenderer(files: readonly RenderFile[], path: string): RendererName {
  const has = (name: string) => {
    const full = path === '' ? name : `${path}/${name}`
    return files.some((file) => file.path === full)
  }
  if (['kustomization.yaml', 'kustomization.yml', 'Kustomization'].some(has)) return 'kustomize'
  return has('Chart.yaml') ? 'helm' : 'plain'
}
