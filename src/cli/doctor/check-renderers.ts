import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Application } from '../../domain/application.ts'
import type { Clock } from '../../domain/clock.ts'
import { findIsolation } from '../../sandbox/find-isolation.ts'
import { findGuard } from '../../sandbox/guard.ts'
import { describeIsolation, type Isolation } from '../../sandbox/isolation.ts'
import { createPrivateDirs } from '../../sandbox/private-dirs.ts'
import type { RenderTools } from '../context.ts'
import { type Check, type Finding, ok, problem, warning } from './finding.ts'

/** kustomize and helm, and what holds them in. */
export const rendererCheck: Check = {
  name: 'renderers',
  roles: ['worker'],
  look: async ({ config, tools, clock }) => [
    ...toolFindings(tools, Array.from(config.applications.values())),
    isolationFinding(await isolationHere(clock)),
  ],
}

async function isolationHere(clock: Clock): Promise<Isolation> {
  const dir = await mkdtemp(join(tmpdir(), 'landfall-doctor-'))
  try {
    return await findIsolation(findGuard(), createPrivateDirs(dir, clock))
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
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

export function isolationFinding(isolation: Isolation): Finding {
  const message = describeIsolation(isolation)
  if (isolation.kind === 'full') return ok('renderers', message)
  const mend =
    'run workers on Linux with util-linux (setpriv, prlimit, unshare, mount), where user namespaces are allowed'
  return warning('renderers', message, mend)
}
