import type { Application } from './application.ts'
import type { ForgeEvent } from './event.ts'
import { normalizeRepoUrl } from './repo-url.ts'

export type Match =
  | { readonly kind: 'matched'; readonly applications: readonly Application[] }
  | { readonly kind: 'ignored'; readonly reason: string }

/**
 * Which applications an event of this forge concerns. Repositories are equal when one of the
 * payload's clone URLs normalises to the configured one, branches when their full ref names are
 * equal. Nothing of the payload is ever a pattern, and the reasons never repeat it.
 */
export function matchApplications(
  event: ForgeEvent,
  forgeKey: string,
  applications: Iterable<Application>,
): Match {
  if (event.kind === 'ping') return { kind: 'ignored', reason: 'ping' }
  if (event.kind === 'ignored') return event

  const urls = new Set(event.repository.urls.map(normalizeRepoUrl))
  urls.delete(undefined)
  const ofRepository = Array.from(applications).filter(
    (application) => application.forge === forgeKey && urls.has(normalizeRepoUrl(application.repo)),
  )
  if (ofRepository.length === 0) {
    return { kind: 'ignored', reason: 'no application tracks this repository' }
  }
  const matched = ofRepository.filter(({ branch }) => event.ref === `refs/heads/${branch}`)
  if (matched.length === 0) {
    return { kind: 'ignored', reason: 'no application tracks this branch' }
  }
  return { kind: 'matched', applications: matched }
}
