import type { Application } from '../../domain/application.ts'
import { findGuard, type Guard } from '../../sandbox/guard.ts'
import type { RenderTools } from '../context.ts'
import { type Check, type Finding, ok, problem, warning } from './finding.ts'

/** kustomize and helm, and what holds them in. */
export const rendererCheck: Check = {
  name: 'renderers',
  look: async ({ config, tools }) => [
    ...toolFindings(tools, Array.from(config.applications.values())),
    guardFinding(findGuard()),
  ],
}

export function toolFindings(
  tools: RenderTools,
  applications: readonly Application[],
): readonly Finding[] {
  return (['kustomize', 'helm'] as const).map((name) => {
    const path = tools[name]
    if (path !== undefined) return ok('renderers', `${name} is ${path}`)
    const users = applications.filter(({ render }) => render.type === name)
    const mend = 'install it: make setup'
    return users.length > 0
      ? problem(
          'renderers',
          `${name} is not installed, and ${users.map((user) => user.name).join(', ')} needs it`,
          mend,
        )
      : warning('renderers', `${name} is not installed; a folder that needs it will fail`, mend)
  })
}

export function guardFinding(guard: Guard): Finding {
  if (guard.kind === 'kernel' && guard.prlimit !== undefined) {
    return ok('renderers', 'they die with Landfall, and are limited in memory and CPU time')
  }
  return warning(
    'renderers',
    'kustomize and helm have no hard limit of memory and CPU time here',
    'run workers on Linux with util-linux (setpriv, prlimit)',
  )
}
