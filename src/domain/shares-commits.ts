import type { Application } from './application.ts'
import { normalizeRepoUrl } from './repo-url.ts'

/**
 * Whether both are deployed from the same branch to the same cluster: one push changes both, and
 * what one commit takes from the first it may give to the second.
 */
export function sharesCommits(one: Application, other: Application): boolean {
  return (
    one.name !== other.name &&
    one.cluster === other.cluster &&
    one.branch === other.branch &&
    normalizeRepoUrl(one.repo) === normalizeRepoUrl(other.repo)
  )
}
