import type { Application } from '../../domain/application.ts'
import { normalizeRepoUrl } from '../../domain/repo-url.ts'
import type { Findings } from '../findings.ts'

/** Two applications that deploy the same directory to the same place prune and heal each other. */
export function checkOverlaps(applications: Iterable<Application>, findings: Findings): void {
  const seen = new Map<string, string>()
  for (const application of applications) {
    const target = targetOf(application)
    const other = seen.get(target)
    if (other === undefined) seen.set(target, application.name)
    else {
      findings.warning(
        ['applications', application.name],
        `deploys the same directory to the same namespace as ${other}, keep one`,
      )
    }
  }
}

function targetOf({ repo, branch, path, cluster, namespace }: Application): string {
  return JSON.stringify([normalizeRepoUrl(repo), branch, path, cluster, namespace])
}
