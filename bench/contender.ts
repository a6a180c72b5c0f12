import { findControlPlaneTools } from '../src/local/stack-tools.ts'
import type { AuditEvent } from '../test/support/audit-trail.ts'
import { controlPlane, testNamespace } from '../test/support/control-plane.ts'
import type { TestRepository } from '../test/support/git-repository.ts'
import { githubPush } from '../test/support/payloads.ts'
import type { Scope } from '../test/support/scope.ts'
import type { Site } from '../test/support/site.ts'
import { rendererTools } from '../test/support/tools.ts'
import { startDeployer } from './deployer.ts'
import type { Layout } from './objects.ts'

/** Something that deploys a pushed commit once it is told. */
export interface Contender {
  readonly title: string
  readonly pid: number
  readonly namespace: string
  /** Where what it deploys is pushed to. */
  readonly repository: TestRepository
  /** Tells it of the commit; resolves when it has nothing more to do. */
  deploy(sha: string): Promise<void>
  asked(event: AuditEvent): boolean
}

/** An instance as people run it, told by a signed delivery. */
export async function landfall(site: Site, title = 'Landfall'): Promise<Contender> {
  const instance = await site.start()
  return {
    title,
    pid: instance.pid,
    namespace: site.name,
    repository: site.repository,
    async deploy(sha) {
      const answer = await site.deliver(instance, githubPush({ repo: site.repo, after: sha }))
      if (answer.status !== 202) throw new Error(`delivery: ${answer.status}`)
      const { state, description } = await site.final(sha)
      if (state !== 'success') throw new Error(`${state}: ${description}`)
    },
    // A turn is one contender's alone, but the watch for what it does is always there.
    asked: ({ userAgent = '' }) => /^landfall\/\d/.test(userAgent),
  }
}

const yardstickAgent = 'bench-yardstick'

/** What people would have without: a fresh clone, then every file applied. */
export async function cloneAndApply(
  scope: Scope,
  site: Site,
  what: { readonly with: 'pool' | 'kubectl'; readonly layout: Layout },
): Promise<Contender> {
  const { kubeconfig } = await controlPlane()
  const namespace = await testNamespace(scope)
  const deployer = await startDeployer(scope, {
    ...what,
    repo: site.repo,
    token: site.forge.token,
    kubeconfig,
    namespace,
    userAgent: yardstickAgent,
    tools: {
      ...(await rendererTools()),
      kubectl: (await findControlPlaneTools(process.env)).kubectl,
    },
  })
  const isPool = what.with === 'pool'
  return {
    title: isPool ? 'yardstick' : 'clone + kubectl',
    namespace,
    repository: site.repository,
    ...deployer,
    asked: ({ userAgent = '' }) => userAgent.startsWith(isPool ? yardstickAgent : 'kubectl/'),
  }
}
