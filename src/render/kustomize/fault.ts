import type { LocatedProblem } from '../problem.ts'

/** What is wrong with something a kustomization says. */
export type Fault = Pick<LocatedProblem, 'code' | 'message'>

export const remote = refused('it refers to another host; commit a copy of it and refer to that')
export const unpinned = refused(
  'it refers to another repository: name a full commit with ?ref=, and allow the repository in render.remoteBases',
)
export const outside = refused('it leads out of the repository')
export const inflator = refused('a plugin that runs helm is refused: write helmCharts')
export const builtPlugin = refused(
  'plugins from a folder are refused beside helmCharts: name their files',
)
export const missing: Fault = {
  code: 'RENDER_INVALID',
  message: 'it refers to what does not exist',
}
export const noKustomization: Fault = {
  code: 'RENDER_INVALID',
  message: 'it refers to a folder without a kustomization',
}

export function refused(message: string): Fault {
  return { code: 'RENDER_REFUSED', message }
}
