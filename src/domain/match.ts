import type { Application } from './application.ts'
import type { ForgeEvent, RepositoryHint } from './event.ts'
import { normalizeRepoUrl } from './repo-url.ts'

export type Match =
  | {
      readonly kind: 'matched'
      readonly repository: RepositoryHint
      /** Never empty; all of one repository. */
      readonly applications: readonly [Application, ...Application[]]
    }
  | { readonly kind: 'ignored'; readonly reason: string }
  /** None of its URLs is configured; its id may be known from before it was renamed. */
  | { readonly kind: 'unknown'; readonly repository: RepositoryHint }

/**
 * Which applications an event of this forge concerns. Repositories are equal when one of the
 * payload's clone URLs, or the one that its id came with before (`formerUrl`), normalises to the
 * configured one, branches when their full ref names are equal. Nothing of the payload is ever a
 * pattern, and the reasons never repeat it.
 */
export function matchApplications(
  event: ForgeEvent,
  forgeKey: string,
  applications: Iterable<Application>,
  formerUrl?: string,
): Match {
  if (event.kind === 'ping') return { kind: 'ignored', reason: 'ping' }
  if (event.kind === 'ignored') return event

  const claimed = formerUrl === undefined ? event.repository.urls : [formerUrl]
  const urls = new Set(claimed.map(normalizeRepoUrl))
  urls.delete(undefined)
  const ofRepository = Array.from(applications).filter(
    (application) => application.forge === forgeKey && urls.has(normalizeRepoUrl(application.repo)),
  )
  const { repository } = event
  if (ofRepository.length === 0) return { kind: 'unknown', repository }
  const [first, ...others] = ofRepository.filter(
    ({ branch }) => event.ref === `refs/heads/${branch}`,
  )
  if (first === undefined) {
    return { kind: 'ignored', reason: 'no application tracks this branch' }
  }
  return { kind: 'matched', repository, applications: [first, ...others] }
}
